import Tensors

/// The axes in another order: the output's axis i is the input's axis `perm[i]`. Without `perm` in reverse order.
///
/// - Source: ONNX operator Transpose 1, 13, 21, 23, 24, 25.
struct Transpose: Operator {
  private let permutation: [Int]?

  init(_ node: NodeDescription) throws(OperatorError) {
    permutation = try node.ints("perm")
    if let permutation {
      guard permutation.sorted() == Array(permutation.indices) else {
        throw .malformed("perm is \(permutation), which does not name every axis once")
      }
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    let permutation = permutation ?? x.shape.dimensions.indices.reversed()
    guard permutation.count == x.shape.rank else {
      throw OperatorError.mismatched("perm is \(permutation); the input has shape \(x.shape)")
    }
    let shape = try Shape(permutation.map { x.shape[$0] })
    return [try x.copied(StridedView(x.shape).permuted(permutation), to: shape, context)]
  }
}
