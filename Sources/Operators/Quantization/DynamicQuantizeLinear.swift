import Tensors

/// Bytes for real numbers, with a scale and zero point that make the range of the numbers, and 0, just fit.
///
/// - Source: ONNX operator DynamicQuantizeLinear 11.
struct DynamicQuantizeLinear: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "x")
    try x.requireType(.float32, named: "x")
    let (low, high) = x.withElements(of: Float.self) { elements in
      elements.reduce((low: Float(0), high: Float(0))) { (min($0.low, $1), max($0.high, $1)) }
    }
    // Zeros alone take any scale; onnxruntime's is 1.
    let scale = low == high ? 1 : (high - low) / 255
    let zeroPoint = UInt8(converting: Double((-low / scale).rounded(.toNearestOrEven)))
    let y = try Tensor(x.shape, of: UInt8.self, allocator: context.allocator) { result in
      x.withElements(of: Float.self) { elements in
        for index in elements.indices {
          let rounded = (elements[index] / scale).rounded(.toNearestOrEven)
          result[index] = UInt8(converting: Double(rounded) + Double(zeroPoint))
        }
      }
    }
    return [y, Tensor(scalar: scale), Tensor(scalar: zeroPoint)]
  }
}
