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

extension Transpose: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is ∂L/∂y with its axes put back.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, shape) = (try call.gradient(), try call.shape(0))
    let permutation = permutation ?? shape.dimensions.indices.reversed()
    var inverse = permutation
    for (place, axis) in permutation.enumerated() { inverse[axis] = place }
    return [try gradient.copied(StridedView(gradient.shape).permuted(inverse), to: shape, call.context)]
  }
}
