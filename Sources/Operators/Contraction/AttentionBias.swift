import Tensors

/// What is done to the scores of an attention besides the mask: the attributes.
struct AttentionScoring: Sendable {
  /// What the fourth output holds.
  enum Output: Int, Sendable {
    case scores
    case capped
    case biased
    case probabilities
  }

  let isCausal: Bool
  let output: Output
  /// 0: none.
  let softcap: Double
  /// How many keys before and behind a query's own place it may see; nil is all.
  let left: Int?
  let right: Int?

  init(_ node: NodeDescription) throws(OperatorError) {
    isCausal = try node.flag("is_causal")
    let mode = try node.int("qk_matmul_output_mode") ?? 0
    guard let output = Output(rawValue: mode) else { throw .malformed("qk_matmul_output_mode is \(mode)") }
    self.output = output
    softcap = Double(try node.float("softcap") ?? 0)
    func window(_ name: String) throws(OperatorError) -> Int? {
      let size = try node.int(name) ?? -1
      guard size >= -1, size < 1 << 60 else { throw .malformed("\(name) is \(size)") }
      return size < 0 ? nil : size
    }
    left = try window("left_window_size")
    right = try window("right_window_size")
  }
}

/// What is added to an attention's scores: the mask, and −∞ where a key may not be seen.
struct AttentionBias: Sendable {
  /// As `Double`s; −∞ for keys that a mask of truth values rules out.
  private let mask: [Double]?
  /// Of the mask, read as [batch, heads, queries, masked keys].
  private let maskStrides: [Int]
  /// Keys beyond these are ruled out by the mask.
  private let maskedKeys: Int
  /// For each batch entry how many keys are valid.
  private let validKeys: [Int]
  /// For each batch entry how many keys come before the first query's own.
  private let offsets: [Int]
  private let scoring: AttentionScoring

  init(
    mask: Tensor?, validKeys: [Int]?, past: Int?, sizes: AttentionSizes, scoring: AttentionScoring,
    _ context: EvaluationContext
  ) throws {
    self.scoring = scoring
    if let validKeys {
      guard validKeys.count == sizes.batch, validKeys.allSatisfy({ $0 >= 0 && $0 <= sizes.keys }), past == nil else {
        throw OperatorError.mismatched("nonpad_kv_seqlen is \(validKeys) for \(sizes.batch) × \(sizes.keys) keys")
      }
      offsets = validKeys.map { $0 - sizes.queries }
    } else {
      offsets = [Int](repeating: past ?? 0, count: sizes.batch)
    }
    self.validKeys = validKeys ?? [Int](repeating: sizes.keys, count: sizes.batch)
    guard let mask else {
      (self.mask, maskStrides, maskedKeys) = (nil, [], sizes.keys)
      return
    }
    guard mask.shape.rank >= 1, mask.shape.rank <= 4, let width = mask.shape.dimensions.last, width <= sizes.keys else {
      throw OperatorError.mismatched("attn_mask has shape \(mask.shape) for \(sizes.keys) keys")
    }
    let full = try Shape([sizes.batch, sizes.heads, sizes.queries, width])
    guard try mask.shape.broadcast(with: full) == full else {
      throw OperatorError.mismatched("attn_mask of shape \(mask.shape) does not broadcast to \(full)")
    }
    maskStrides = mask.shape.strides(broadcastTo: full)
    maskedKeys = width
    self.mask =
      mask.elementType == .bool
      ? mask.elements(of: Bool.self).map { $0 ? 0 : -.infinity } : try mask.doubles()
  }

  /// What is added to the score of a query and a key.
  func callAsFunction(batch: Int, head: Int, query: Int, key: Int) -> Double {
    let place = query + offsets[batch]
    if key >= validKeys[batch] || scoring.isCausal && key > place { return -.infinity }
    if let left = scoring.left, key < place - left { return -.infinity }
    if let right = scoring.right, key > place + right { return -.infinity }
    guard let mask else { return 0 }
    if key >= maskedKeys { return -.infinity }
    return mask[batch * maskStrides[0] + head * maskStrides[1] + query * maskStrides[2] + key * maskStrides[3]]
  }
}
