import Tensors

/// y = max(0, x), element by element. A NaN stays a NaN.
///
/// - Source: ONNX operator Relu 1, 6, 13, 14 (the versions differ in types alone).
struct Relu: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    try x.requireType(.float32, named: "X")
    let y = try Tensor(x.shape, of: Float.self, allocator: context.allocator) { result in
      x.withElements(of: Float.self) { elements in
        for index in elements.indices { result[index] = elements[index] < 0 ? 0 : elements[index] }
      }
    }
    return [y]
  }
}
