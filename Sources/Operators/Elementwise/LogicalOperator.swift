import Tensors

/// An operator that makes a truth value of the two at the same place of its inputs, which broadcast to each other.
protocol LogicalOperator: Operator {
  /// How the second input's shape is read.
  var alignment: BroadcastAlignment { get }

  func combine(_ a: Bool, _ b: Bool) -> Bool
}

extension LogicalOperator {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try a.requireType(.bool, named: "A")
    try b.requireType(.bool, named: "B")
    return [try Tensor.combined(a, b, context, alignment: alignment) { (a: Bool, b: Bool) in combine(a, b) }]
  }
}
