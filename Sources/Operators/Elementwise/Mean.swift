import Tensors

/// The mean of all inputs, element by element.
///
/// - Source: ONNX operator Mean 1, 6, 8 (broadcasting), 13.
struct Mean: VariadicOperator {
  let version: Int

  init(_ node: NodeDescription) { version = node.version }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.plus(b) }

  func finish(_ combined: Tensor, inputCount: Int, _ context: EvaluationContext) throws -> Tensor {
    try combined.elementType.visited(
      byFloating: DivisionVisitor(x: combined, divisor: inputCount, context: context))
  }
}

private struct DivisionVisitor: FloatingVisitor {
  let x: Tensor
  let divisor: Int
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let divisor = Element(divisor)
    return try x.mapped(context) { (x: Element) in x / divisor }
  }
}

extension Mean: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂y / n for each of n inputs, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let share = try call.gradient().scaled(by: 1 / Double(call.inputs.count), call.context)
    return try call.forEachWanted { try share.summed(to: call.shape($0), call.context) }
  }
}
