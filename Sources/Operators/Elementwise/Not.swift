import Tensors

/// y = not x, element by element.
///
/// - Source: ONNX operator Not 1.
struct Not: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    try x.requireType(.bool, named: "X")
    return [try x.mapped(context) { (x: Bool) in !x }]
  }
}
