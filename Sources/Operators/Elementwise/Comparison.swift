import Tensors

/// An operator that compares the two elements at the same place of its inputs, which are of one numeric type and
/// broadcast to each other. No comparison holds with a NaN.
protocol Comparison: Operator {
  /// How the second input's shape is read.
  var alignment: BroadcastAlignment { get }

  func holds<Element: NumericElement>(_ a: Element, _ b: Element) -> Bool

  /// The comparison of two tensors of one element type.
  func compare(_ a: Tensor, _ b: Tensor, _ context: EvaluationContext) throws -> Tensor
}

extension Comparison {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try b.requireType(a.elementType, named: "B")
    return [try compare(a, b, context)]
  }

  func compare(_ a: Tensor, _ b: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try a.elementType.visited(
      by: ComparisonVisitor(operation: self, a: try a.widened(context), b: try b.widened(context), context: context))
  }
}

struct ComparisonVisitor<Operation: Comparison>: NumericVisitor {
  let operation: Operation
  let a: Tensor
  let b: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let operation = operation
    return try Tensor.combined(a, b, context, alignment: operation.alignment) { (a: Element, b: Element) in
      operation.holds(a, b)
    }
  }
}
