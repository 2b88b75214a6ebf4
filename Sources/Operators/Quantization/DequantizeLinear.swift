import Tensors

/// Real numbers for integers: (x − zero point) · scale.
///
/// - Source: ONNX operator DequantizeLinear 10, 13 (axis), 19, 21 (blocks), 23 (`output_dtype`), 24, 25, 28.
struct DequantizeLinear: Operator {
  private let axis: Int
  private let block: Int
  private let outputType: ElementType?

  init(_ node: NodeDescription) throws(OperatorError) {
    (axis, block) = try node.quantizationAxis()
    outputType = try node.int("output_dtype") == 0 ? nil : try node.elementType("output_dtype")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "x")
    let (scales, values, zeroPoints) = try inputs.quantization(scales: 1, zeroPoints: 2)
    let type = outputType ?? scales.elementType
    guard type.isFloatingPoint, NarrowFormat(type) == nil else {
      throw OperatorError.malformed("the result would be of \(type): output_dtype must say of what type it is")
    }
    try inputs.optional(2)?.requireType(x.elementType, named: "x_zero_point")
    let layout = try QuantizationLayout(x.shape, scales: scales.shape, axis: axis, block: block)
    let visitor = DequantizeVisitor(
      x: try x.converted(to: .float64, context), layout: layout, scales: values, zeroPoints: zeroPoints,
      context: context)
    // Rounded but once.
    let working: ElementType = type == .float32 ? .float32 : .float64
    return [try working.visited(byFloating: visitor).converted(to: type, context)]
  }
}

private struct DequantizeVisitor: FloatingVisitor {
  /// Of `Double`.
  let x: Tensor
  let layout: QuantizationLayout
  let scales: [Double]
  let zeroPoints: [Double]
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(x.shape, of: type, allocator: context.allocator) { result in
      x.withElements(of: Double.self) { x in
        layout.forEachRun { elements, first, step in
          for (offset, index) in elements.enumerated() {
            let place = first + offset * step
            result[index] = Element((x[index] - zeroPoints[place]) * scales[place])
          }
        }
      }
    }
  }
}

extension DequantizeLinear: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂y · scale.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, shape) = (try call.gradient(), try call.shape(0))
    let (scales, values, _) = try call.operatorInputs.quantization(scales: 1, zeroPoints: 2)
    let layout = try QuantizationLayout(shape, scales: scales.shape, axis: axis, block: block)
    let factors = try layout.scaled(shape, values, call.context).converted(to: gradient.elementType, call.context)
    return [try gradient.times(factors, call.context)]
  }
}

extension QuantizationLayout {
  /// Each element's scale, as `Double`s.
  func scaled(_ shape: Shape, _ scales: [Double], _ context: EvaluationContext) throws -> Tensor {
    try Tensor(shape, of: Double.self, allocator: context.allocator) { result in
      forEachRun { elements, first, step in
        for (offset, index) in elements.enumerated() { result[index] = scales[first + offset * step] }
      }
    }
  }
}
