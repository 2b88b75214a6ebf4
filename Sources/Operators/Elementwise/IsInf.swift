import Tensors

/// y = whether x is infinite, element by element; each sign counts unless its attribute is 0.
///
/// - Source: ONNX operator IsInf 10, 20.
struct IsInf: Operator {
  private let countsNegative: Bool
  private let countsPositive: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    countsNegative = try node.flag("detect_negative", default: true)
    countsPositive = try node.flag("detect_positive", default: true)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let visitor = IsInfVisitor(
      x: try x.widened(context), countsNegative: countsNegative, countsPositive: countsPositive, context: context)
    return [try x.elementType.visited(byFloating: visitor)]
  }
}

private struct IsInfVisitor: FloatingVisitor {
  let x: Tensor
  let countsNegative: Bool
  let countsPositive: Bool
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let countsNegative = countsNegative
    let countsPositive = countsPositive
    return try x.mapped(context) { (x: Element) in
      (countsPositive && x == .infinity) || (countsNegative && x == -.infinity)
    }
  }
}
