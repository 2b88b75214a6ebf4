import Tensors

/// For each string whether the whole of it matches a regular expression in the syntax of RE2.
///
/// The time is at most that of the string's length times the expression's, whatever both hold, since no path is tried
/// twice: see `RegexProgram`.
///
/// - Source: ONNX operator RegexFullMatch 20.
struct RegexFullMatch: Operator {
  private let program: RegexProgram

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let pattern = try node.string("pattern") else { throw .malformed("attribute pattern is missing") }
    do {
      program = try RegexProgram(pattern)
    } catch {
      throw OperatorError(error.kind, "pattern '\(pattern)': \(error.message)")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    try x.requireType(.string, named: "X")
    return [Tensor(x.shape, x.strings.map { program.matches($0) })]
  }
}
