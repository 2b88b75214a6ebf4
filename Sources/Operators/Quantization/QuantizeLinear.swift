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
    let quantization = Quantization(
      layout: layout, scales: values, zeroPoints: zeroPoints, precision: precision ?? scales.elementType)
    return [try quantization.quantized(x.converted(to: .float64, context), context).converted(to: type, context)]
  }
}

private struct Quantization {
  let layout: QuantizationLayout
  let scales: [Double]
  let zeroPoints: [Double]
  let precision: ElementType

  /// Whole numbers for real ones, all as `Double`s.
  func quantized(_ x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(x.shape, of: Double.self, allocator: context.allocator) { result in
      x.withElements(of: Double.self) { x in
        layout.forEachRun { elements, first, step in
          for (offset, index) in elements.enumerated() {
            let place = first + offset * step
            result[index] = rounded(x[index] / scales[place]).rounded(.toNearestOrEven) + zeroPoints[place]
          }
        }
      }
    }
  }

  /// A quotient in the precision that the division is to be made in; rounding the exact one twice gives the same.
  private func rounded(_ quotient: Double) -> Double {
    switch precision {
    case .float16: Double(Float16(quotient))
    case .bfloat16: Double(BFloat16(Float(quotient)).floatValue)
    case .float32: Double(Float(quotient))
    default: quotient
    }
  }
}
