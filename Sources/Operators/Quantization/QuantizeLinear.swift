import Tensors

/// Integers for real numbers: x / scale, rounded to the nearest (a half to the even one), plus the zero point, clamped.
///
/// - Source: ONNX operator QuantizeLinear 10, 13 (axis), 19, 21 (blocks, `output_dtype`), 23 (`precision`), 24, 25, 28.
struct QuantizeLinear: Operator {
  private let axis: Int
  private let block: Int
  private let outputType: ElementType?
  private let precision: ElementType?

  init(_ node: NodeDescription) throws(OperatorError) {
    (axis, block) = try node.quantizationAxis()
    // 0 stands for left out.
    outputType = try node.int("output_dtype") == 0 ? nil : try node.elementType("output_dtype")
    precision = try node.int("precision") == 0 ? nil : try node.elementType("precision")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "x")
    let (scales, values, zeroPoints) = try inputs.quantization(scales: 1, zeroPoints: 2)
    let type = inputs.optional(2)?.elementType ?? outputType ?? .uint8
    guard outputType == nil || outputType == type else {
      throw OperatorError.mismatched("output_dtype is \(outputType!), the zero point of \(type)")
    }
    guard [.int8, .uint8, .int16, .uint16].contains(type) else {
      throw OperatorError.unsupported("quantization to \(type)")
    }
    let layout = try QuantizationLayout(x.shape, scales: scales.shape, axis: axis, block: block)
    return [
      try type.visited(
        by: QuantizeVisitor(
          x: try x.widened(to: Double.self, context), layout: layout, scales: values, zeroPoints: zeroPoints,
          precision: precision ?? scales.elementType, context: context))
    ]
  }
}

private struct QuantizeVisitor: NumericVisitor {
  let x: Tensor
  let layout: QuantizationLayout
  let scales: [Double]
  let zeroPoints: [Double]
  let precision: ElementType
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(x.shape, of: type, allocator: context.allocator) { result in
      x.withElements(of: Double.self) { x in
        layout.forEachRun { elements, first, step in
          for (offset, index) in elements.enumerated() {
            let place = first + offset * step
            let quotient = rounded(x[index] / scales[place]).rounded(.toNearestOrEven)
            result[index] = type.init(converting: quotient + zeroPoints[place])
          }
        }
      }
    }
  }

  /// A quotient in the precision that the division is to be made in; rounding the exact one twice gives the same.
  private func rounded(_ quotient: Double) -> Double {
    switch precision {
    case .float16: Double(Float16(quotient))
    case .bfloat16: BFloat16(Float(quotient)).doubleValue
    case .float32: Double(Float(quotient))
    default: quotient
    }
  }
}
