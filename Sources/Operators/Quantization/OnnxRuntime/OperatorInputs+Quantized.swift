import Tensors

extension OperatorInputs {
  /// The real numbers, as float64, of the quantized tensor at `index`, behind which its scale and zero point stand.
  func dequantized(_ index: Int, _ name: String, _ context: EvaluationContext) throws -> Tensor {
    let scale = try scale(index + 1)
    let whole = try required(index, name).centered(on: try zeroPoint(index + 2), axis: 0, context)
    return try whole.mapped(context) { (value: Double) in value * scale }
  }

  /// The one scale at `index`.
  fileprivate func scale(_ index: Int) throws -> Double {
    let scale = try required(index, "scale")
    try scale.requireType(.float32, named: "scale")
    guard scale.count == 1 else { throw OperatorError.unsupported("scales of shape \(scale.shape) rather than one") }
    return try scale.doubles()[0]
  }

  /// The one zero point at `index`; nil where it is left out.
  fileprivate func zeroPoint(_ index: Int) throws -> Tensor? {
    guard let zeroPoint = optional(index) else { return nil }
    guard zeroPoint.count == 1 else {
      throw OperatorError.unsupported("zero points of shape \(zeroPoint.shape) rather than one")
    }
    return zeroPoint
  }
}

extension Tensor {
  /// Real numbers, as float64, in steps of the scale at `index`, rounded to the nearest (a half to the even one), plus
  /// the zero point behind the scale, clamped to `type`.
  func quantized(
    by inputs: OperatorInputs, scale index: Int, as type: ElementType, _ context: EvaluationContext
  ) throws -> Tensor {
    let scale = try inputs.scale(index)
    let zeroPoint = try inputs.zeroPoint(index + 1)
    try zeroPoint?.requireType(type, named: "zero point")
    let offset = try zeroPoint?.doubles()[0] ?? 0
    let steps: Tensor = try mapped(context) { (value: Double) in
      Double(Float(value / scale).rounded(.toNearestOrEven)) + offset
    }
    return try steps.converted(to: type, context)
  }
}
