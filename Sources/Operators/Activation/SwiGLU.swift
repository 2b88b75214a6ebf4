import Tensors

/// y = a / (1 + exp(−alpha · a)) · b, element by element of two tensors that broadcast to each other.
///
/// - Source: ONNX operator SwiGLU 28.
struct SwiGLU: Operator {
  private let alpha: Float

  init(_ node: NodeDescription) throws(OperatorError) { alpha = try node.float("alpha") ?? 1 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try b.requireType(a.elementType, named: "B")
    return [try a.elementType.visited(byFloating: SwiGLUVisitor(a: a, b: b, alpha: alpha, context: context))]
  }
}

private struct SwiGLUVisitor: FloatingVisitor {
  let a: Tensor
  let b: Tensor
  let alpha: Float
  let context: EvaluationContext

  func visit<Element: FloatingStorage>(_ type: Element.Type) throws -> Tensor {
    let alpha = Element.Real(alpha)
    return try Tensor.combined(a, b, context) { (a: Element, b: Element) in
      Element(real: a.real * (alpha * a.real).logistic * b.real)
    }
  }
}
