import Tensors

/// The outputs of one of two graphs, which take all that they read from outside.
///
/// - Source: ONNX operator If 1, 11, 13 (sequences), 16 (optional values), 19, 21, 23, 24, 25.
struct If: ValueOperator {
  private var thenBranch: NodeBody
  private var elseBranch: NodeBody

  init(_ node: NodeDescription) throws(OperatorError) {
    thenBranch = try node.body("then_branch")
    elseBranch = try node.body("else_branch")
    for branch in [thenBranch, elseBranch] {
      guard branch.inputCount == 0 else {
        throw .malformed("\(branch.name) has \(branch.inputCount) inputs; a branch has none")
      }
      guard branch.outputCount == thenBranch.outputCount, branch.outputCount >= node.outputCount else {
        throw .malformed(
          "then_branch has \(thenBranch.outputCount) outputs, else_branch \(elseBranch.outputCount), and the node "
            + "\(node.outputCount)")
      }
    }
  }

  func prepared(constants: [Tensor?], _ context: EvaluationContext) -> any Operator {
    var result = self
    result.thenBranch = thenBranch.prepared(constants: constants)
    result.elseBranch = elseBranch.prepared(constants: constants)
    return result
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let condition = try inputs.required(0, "cond").asCondition("input cond")
    return try (condition ? thenBranch : elseBranch).run([], values: inputs, context)
  }
}
