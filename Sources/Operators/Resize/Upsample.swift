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
    let scales = try scales ?? givenScales(inputs)
    let target = try ResizeTarget(x.shape, scales: scales, axes: Array(0..<x.shape.rank))
    return [try method.apply(to: x, target, regions: nil, context)]
  }

  private func givenScales(_ inputs: OperatorInputs) throws(OperatorError) -> [Float] {
    let tensor = try inputs.required(1, "scales")
    try tensor.requireType(.float32, named: "scales")
    return tensor.elements(of: Float.self)
  }
}
