import Tensors

/// The inputs as a sequence.
///
/// - Source: ONNX operator SequenceConstruct 11.
struct SequenceConstruct: ValueOperator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    guard !inputs.values.isEmpty else { throw OperatorError.malformed("there is no input") }
    let tensors = try inputs.values.indices.map { try inputs.tensor($0, "input \($0)") }
    return [.sequence(try .checked(tensors))]
  }
}

/// A sequence of nothing, with the type that its tensors will have; float32 by default.
///
/// - Source: ONNX operator SequenceEmpty 11.
struct SequenceEmpty: ValueOperator {
  private let elementType: ElementType

  init(_ node: NodeDescription) throws(OperatorError) { elementType = try node.elementType("dtype") ?? .float32 }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    [.sequence(TensorSequence(elementType: elementType, tensors: []))]
  }
}
