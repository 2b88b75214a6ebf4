import Tensors

/// An operator that makes each element of its result from those at the same place of any number of inputs, which are of
/// one numeric type and, from version 8 on, broadcast to each other.
protocol VariadicOperator: Operator {
  /// The version of the operator.
  var version: Int { get }

  /// What the first inputs together give, and the next one's element, made one.
  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element

  /// The result for what all inputs together give, both widened.
  func finish(_ combined: Tensor, inputCount: Int, _ context: EvaluationContext) throws -> Tensor
}

extension VariadicOperator {
  func finish(_ combined: Tensor, inputCount: Int, _ context: EvaluationContext) throws -> Tensor { combined }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let all = try inputs.all()
    guard let first = all.first else { throw OperatorError.malformed("there is no input") }
    var result = try first.widened(context)
    for (index, next) in all.enumerated().dropFirst() {
      try next.requireType(first.elementType, named: String(index))
      guard version >= 8 || next.shape == result.shape else {
        throw OperatorError.mismatched(
          "shapes \(result.shape) and \(next.shape) differ, and version \(version) of the operator does not broadcast")
      }
      result = try first.elementType.visited(
        by: VariadicVisitor(operation: self, a: result, b: try next.widened(context), context: context))
    }
    return [try finish(result, inputCount: all.count, context).cast(to: first.elementType, context)]
  }
}

private struct VariadicVisitor<Operation: VariadicOperator>: NumericVisitor {
  let operation: Operation
  let a: Tensor
  let b: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor.combined(a, b, by: VariadicPairing<Operation, Element>(operation: operation), context)
  }
}

private struct VariadicPairing<Operation: VariadicOperator, Element: NumericElement>: ElementPairing {
  let operation: Operation

  func result(for a: Element, _ b: Element) -> Element { operation.combine(a, b) }
}
