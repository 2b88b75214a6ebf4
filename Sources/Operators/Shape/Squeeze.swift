import Tensors

/// The input without the given axes, whose extents are 1; without all such axes where none are given.
///
/// - Source: ONNX operator Squeeze 1, 11 (negative axes), 13 (axes as an input), 21, 23, 24, 25.
struct Squeeze: Operator {
  private let axes: ListParameter

  init(_ node: NodeDescription) throws(OperatorError) {
    axes = try ListParameter(node, "axes", inputFrom: 13, at: 1)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    let extents = x.shape.dimensions
    let dropped =
      try axes.values(inputs, "axes").map { try x.shape.normalizedAxes($0) }
      ?? extents.indices.filter { extents[$0] == 1 }
    for axis in dropped where extents[axis] != 1 {
      throw OperatorError.mismatched("axis \(axis) of an input of shape \(x.shape) is not 1 and cannot be dropped")
    }
    let shape = try Shape(extents.indices.filter { !dropped.contains($0) }.map { extents[$0] })
    return [try x.reshaped(to: shape)]
  }
}

extension Squeeze: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is ∂L/∂y in the shape of x.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try call.gradient().reshaped(to: call.shape(0))]
  }
}
