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

extension VariadicOperator {
  /// The gradient with respect to each wanted input of an operator whose result is one of its inputs' elements: these get
  /// equal shares where several are the same.
  func chosenGradients(_ call: GradientCall) throws -> [Tensor?] {
    let (context, result) = (call.context, try call.output())
    let masks = try call.inputs.indices.map {
      try Tensor.paired(call.input($0), result, by: EqualityPairing(), context)
    }
    guard var count = masks.first else { return [] }
    for mask in masks.dropFirst() { count = try count.plus(mask, context) }
    let share = try call.gradient().divided(by: count, context)
    return try call.forEachWanted { try share.times(masks[$0], context).summed(to: call.shape($0), context) }
  }
}

/// 1 where both are the same, else 0.
struct EqualityPairing: RealPairing {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real { a == b ? 1 : 0 }
}
