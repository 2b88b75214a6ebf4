import Tensors

/// y = whether x is not a number, element by element.
///
/// - Source: ONNX operator IsNaN 9, 13, 20.
struct IsNaN: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    return [try x.elementType.visited(byFloating: IsNaNVisitor(x: try x.widened(context), context: context))]
  }
}

private struct IsNaNVisitor: FloatingVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(context) { (x: Element) in x.isNaN }
  }
}
