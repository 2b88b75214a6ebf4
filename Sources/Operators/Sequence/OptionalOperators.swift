import Tensors

/// An optional value: the input, or, without one, nothing.
///
/// - Source: ONNX operator Optional 15, 28.
struct OptionalOperator: ValueOperator {
  init(_ node: NodeDescription) throws(OperatorError) {
    guard node.hasInput(0) || node.attributes["type"] != nil else {
      throw .malformed("attribute type is missing, and there is no input")
    }
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    if case .optional? = inputs.optional(0) {
      throw OperatorError.mismatched("input 0 is an optional value; a tensor or a sequence is expected")
    }
    return [.optional(inputs.optional(0))]
  }
}

/// What an optional value holds; what is none is taken as it is.
///
/// - Source: ONNX operator OptionalGetElement 15, 18, 28.
struct OptionalGetElement: ValueOperator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let input = try inputs.required(0, "input")
    guard case .optional(let content) = input else { return [input] }
    guard let content else { throw OperatorError.mismatched("the optional value is empty, and its element is wanted") }
    return [content]
  }
}

/// Whether there is something: false for an empty optional value and for an input that is left out.
///
/// - Source: ONNX operator OptionalHasElement 15, 18, 28.
struct OptionalHasElement: ValueOperator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let isThere: Bool
    switch inputs.optional(0) {
    case nil, .optional(nil)?: isThere = false
    default: isThere = true
    }
    return [.tensor(Tensor(scalar: isThere))]
  }
}
