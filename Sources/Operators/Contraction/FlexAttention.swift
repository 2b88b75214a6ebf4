import Kernels
import Tensors

/// Scaled dot-product attention: softmax(Q·Kᵀ·scale)·V for each head, with graphs that may modify the scores before the
/// softmax and the probabilities behind it.
///
/// Q has shape [batch, heads, queries, size], K and V [batch, key heads, keys, size]; several query heads may share a
/// key head. Products are summed in double precision; the scores and probabilities between are of `softmax_precision`.
///
/// - Source: ONNX operator ai.onnx.preview.FlexAttention 1.
struct FlexAttention: ValueOperator {
  private let scale: Double?
  /// nil is float64 for inputs of float64, float32 for others.
  private let precision: ElementType?
  private let scoreModifier: NodeBody?
  private let probabilityModifier: NodeBody?

  init(_ node: NodeDescription) throws(OperatorError) {
    scale = try node.float("scale").map { Double($0) }
    precision = try node.elementType("softmax_precision")
    if let precision, !precision.isFloatingPoint {
      throw .malformed("attribute softmax_precision is \(precision), no floating-point type")
    }
    scoreModifier = try node.modifier("score_mod")
    probabilityModifier = try node.modifier("prob_mod")
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let q = try inputs.tensor(0, "Q").requireFloats(named: "Q")
    let (k, v) = try (inputs.tensor(1, "K"), inputs.tensor(2, "V"))
    try k.requireType(q.elementType, named: "K")
    try v.requireType(q.elementType, named: "V")
    guard q.shape.rank == 4, k.shape.rank == 4, v.shape.rank == 4 else {
      throw OperatorError.mismatched(
        "Q, K and V have shapes \(q.shape), \(k.shape) and \(v.shape); 4 axes each are expected")
    }
    let sizes = try AttentionSizes(query: q.shape, keys: k.shape, values: v.shape)
    let precision = precision ?? (q.elementType == .float64 ? .float64 : .float32)
    var scores = try scores(q, k, sizes, context).rounded(to: precision, context)
    scores = try modified(scores, by: scoreModifier, inputs, context)
    var probabilities = try Softmax(along: -1).evaluate(OperatorInputs([scores]), context)[0]
    probabilities = try modified(probabilities, by: probabilityModifier, inputs, context)
    return [.tensor(try products(probabilities, v, sizes, context).rounded(to: q.elementType, context))]
  }

  /// What a graph makes of the scores or probabilities: as many of the same type.
  private func modified(
    _ x: Tensor, by modifier: NodeBody?, _ inputs: ValueInputs, _ context: EvaluationContext
  ) throws -> Tensor {
    guard let modifier else { return x }
    let y = try modifier.run([.tensor(x)], values: inputs, context)[0].asTensor("the result of \(modifier.name)")
    guard y.shape == x.shape, y.elementType == x.elementType else {
      throw OperatorError.mismatched(
        "\(modifier.name) makes \(y.elementType) of shape \(y.shape) of \(x.elementType) of shape \(x.shape)")
    }
    return y
  }

  /// Q·Kᵀ·scale, of shape [batch, heads, queries, keys].
  private func scores(
    _ q: Tensor, _ k: Tensor, _ sizes: AttentionSizes, _ context: EvaluationContext
  ) throws -> Tensor {
    let factor = scale ?? 1 / Double(max(sizes.size, 1)).squareRoot()
    let shape = try Shape([sizes.batch, sizes.heads, sizes.queries, sizes.keys])
    return try withDoubles(of: [q, k], context) { pointers in
      try Tensor(shape, of: Double.self, allocator: context.allocator) { scores in
        guard shape.count > 0 else { return }
        nonisolated(unsafe) let (q, k, scores) = (pointers[0], pointers[1], scores)
        context.pool.forEach(shape.count / sizes.keys) { row in
          let firstKey = sizes.firstKey(ofRow: row)
          for key in 0..<sizes.keys {
            let product =
              sizes.size == 0
              ? 0
              : dotProduct(
                q.baseAddress! + row * sizes.size, k.baseAddress! + (firstKey + key) * sizes.size, count: sizes.size)
            scores[row * sizes.keys + key] = factor * product
          }
        }
      }
    }
  }

  /// The sums of the values weighted by the probabilities, of shape [batch, heads, queries, value size].
  private func products(
    _ probabilities: Tensor, _ v: Tensor, _ sizes: AttentionSizes, _ context: EvaluationContext
  ) throws -> Tensor {
    let shape = try Shape([sizes.batch, sizes.heads, sizes.queries, sizes.valueSize])
    return try withDoubles(of: [probabilities, v], context) { pointers in
      try Tensor(shape, of: Double.self, allocator: context.allocator) { y in
        guard shape.count > 0 else { return }
        y.initialize(repeating: 0)
        nonisolated(unsafe) let (weights, v, y) = (pointers[0], pointers[1], y)
        context.pool.forEach(shape.count / sizes.valueSize) { row in
          let firstKey = sizes.firstKey(ofRow: row)
          for key in 0..<sizes.keys {
            let weight = weights[row * sizes.keys + key]
            for column in 0..<sizes.valueSize {
              y[row * sizes.valueSize + column] += weight * v[(firstKey + key) * sizes.valueSize + column]
            }
          }
        }
      }
    }
  }
}

extension AttentionSizes {
  /// The first key that the query `row`, counted over the whole batch, sees.
  fileprivate func firstKey(ofRow row: Int) -> Int {
    let (batch, head) = (row / queries).quotientAndRemainder(dividingBy: heads)
    return (batch * keyHeads + head / (heads / keyHeads)) * keys
  }
}

extension NodeDescription {
  /// A graph that makes one tensor of one; nil where it is left out.
  fileprivate func modifier(_ name: String) throws(OperatorError) -> NodeBody? {
    guard attributes[name] != nil else { return nil }
    let body = try body(name)
    guard body.inputCount == 1, body.outputCount == 1 else {
      throw .malformed("\(name) has \(body.inputCount) inputs and \(body.outputCount) outputs; one of each is expected")
    }
    return body
  }
}
