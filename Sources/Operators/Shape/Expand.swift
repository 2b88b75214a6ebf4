import Tensors

/// The input repeated along the axes where its extent is 1, to the shape that it and `shape` broadcast to.
///
/// - Source: ONNX operator Expand 8, 13.
struct Expand: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    guard let wanted = try inputs.integers(1, "shape") else {
      throw OperatorError.malformed("input 1 (shape) is missing")
    }
    let shape = try x.shape.broadcast(with: try Shape(wanted))
    if shape == x.shape { return [x] }
    let view = StridedView(dimensions: shape.dimensions, strides: x.shape.strides(broadcastTo: shape))
    return [try x.copied(view, to: shape, context)]
  }
}

extension Expand: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is ∂L/∂y, summed over what was repeated.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try call.gradient().summed(to: call.shape(0), call.context)]
  }
}
