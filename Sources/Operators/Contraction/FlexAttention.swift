import Kernels
import Tensors

/// Scaled dot-product attention: softmax(Q·Kᵀ·scale)·V for each head.
///
/// Q has shape [batch, heads, queries, size], K and V [batch, key heads, keys, size]; several query heads may share a
/// key head. Products are summed in double precision; the scores and probabilities between are of `softmax_precision`.
///
/// - Source: ONNX operator ai.onnx.preview.FlexAttention 1.
struct FlexAttention: Operator {
  private let scale: Double?
  /// nil is float64 for inputs of float64, float32 for others.
  private let precision: ElementType?

  init(_ node: NodeDescription) throws(OperatorError) {
    scale = try node.float("scale").map { Double($0) }
    precision = try node.elementType("softmax_precision")
    if let precision, !precision.isFloatingPoint {
      throw .malformed("attribute softmax_precision is \(precision), no floating-point type")
    }
    for name in ["score_mod", "prob_mod"] where node.attributes[name] != nil {
      throw .unsupported("a graph in attribute \(name)")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let q = try inputs.required(0, "Q").requireFloats(named: "Q")
    let (k, v) = try (inputs.required(1, "K"), inputs.required(2, "V"))
    try k.requireType(q.elementType, named: "K")
    try v.requireType(q.elementType, named: "V")
    guard q.shape.rank == 4, k.shape.rank == 4, v.shape.rank == 4 else {
      throw OperatorError.mismatched(
        "Q, K and V have shapes \(q.shape), \(k.shape) and \(v.shape); 4 axes each are expected")
    }
    let sizes = try AttentionSizes(query: q.shape, keys: k.shape, values: v.shape)
    let precision = precision ?? (q.elementType == .float64 ? .float64 : .float32)
    let scores = try scores(q, k, sizes, context).rounded(to: precision, context)
    let probabilities = try Softmax(along: -1).evaluate(OperatorInputs([scores]), context)[0]
    return [try products(probabilities, v, sizes, context).rounded(to: q.elementType, context)]
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
