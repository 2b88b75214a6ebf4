import Tensors

/// The input enlarged by a factor for each axis, by its nearest elements or by linear interpolation.
///
/// - Source: ONNX operator Upsample 1 (`height_scale`, `width_scale`), 7 (`scales`), 9 (scales as an input), 10, which
///   gave way to Resize.
struct Upsample: Operator {
  private let method: ResizeMethod
  /// nil: they are an input.
  private let scales: [Float]?

  init(_ node: NodeDescription) throws(OperatorError) {
    method = try ResizeMethod(node)
    switch node.version {
    case 1:
      guard let height = try node.float("height_scale"), let width = try node.float("width_scale") else {
        throw .malformed("attribute height_scale or width_scale is missing")
      }
      scales = [1, 1, height, width]
    case 7:
      guard let list = try node.floats("scales") else { throw .malformed("attribute scales is missing") }
      scales = list
    default: scales = nil
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    return [try method.apply(to: x, target(of: x.shape, inputs), regions: nil, context)]
  }

  /// What an input of that shape is resized to.
  private func target(of shape: Shape, _ inputs: OperatorInputs) throws -> ResizeTarget {
    try ResizeTarget(shape, scales: scales ?? givenScales(inputs), axes: Array(0..<shape.rank))
  }

  private func givenScales(_ inputs: OperatorInputs) throws(OperatorError) -> [Float] {
    let tensor = try inputs.required(1, "scales")
    try tensor.requireType(.float32, named: "scales")
    return tensor.elements(of: Float.self)
  }
}

extension Upsample: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is the transpose of the resampling, a linear map, of ∂L/∂y.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let target = try target(of: shape, call.operatorInputs)
    return [try method.gradient(from: call.gradient(), shape: shape, target, regions: nil, call.context)]
  }
}
