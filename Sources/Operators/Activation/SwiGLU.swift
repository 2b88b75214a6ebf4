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
    let visitor = SwiGLUVisitor(a: try a.widened(context), b: try b.widened(context), alpha: alpha, context: context)
    return [try a.elementType.visited(byFloating: visitor).cast(to: a.elementType, context)]
  }
}

private struct SwiGLUVisitor: FloatingVisitor {
  let a: Tensor
  let b: Tensor
  let alpha: Float
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let alpha = Element(alpha)
    return try Tensor.combined(a, b, context) { (a: Element, b: Element) in
      a * (alpha * a).logistic * b
    }
  }
}
