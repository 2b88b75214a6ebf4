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
    guard type.isFloatingPoint else { throw OperatorError.malformed("output_dtype is \(type)") }
    let layout = try QuantizationLayout(x.shape, scales: scales.shape, axis: axis, block: block)
    let visitor = DequantizeVisitor(
      x: x, layout: layout, scales: values, zeroPoints: zeroPoints, type: type, context: context)
    return [try x.elementType.visited(by: visitor)]
  }
}

private struct DequantizeVisitor: NumericVisitor {
  let x: Tensor
  let layout: QuantizationLayout
  let scales: [Double]
  let zeroPoints: [Double]
  let type: ElementType
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ element: Element.Type) throws -> Tensor {
    type == .float32
      ? try dequantized(element, through: Float.self)
      : try dequantized(element, through: Double.self).rounded(from: Double.self, to: type, context)
  }

  private func dequantized<Element: NumericElement, Work: FloatingElement>(
    _ element: Element.Type, through work: Work.Type
  ) throws -> Tensor {
    try Tensor(x.shape, of: work, allocator: context.allocator) { result in
      x.withElements(of: element) { x in
        layout.forEachRun { elements, first, step in
          for (offset, index) in elements.enumerated() {
            let place = first + offset * step
            result[index] = Work((x[index].doubleValue - zeroPoints[place]) * scales[place])
          }
        }
      }
    }
  }
}
