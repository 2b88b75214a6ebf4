import Tensors

/// Runs a graph for each element of a sequence, with the elements of other sequences at the same position and with
/// tensors that stay the same; gives sequences of what the graph gives.
///
/// - Source: ONNX operator SequenceMap 17.
struct SequenceMap: ValueOperator {
  private var body: NodeBody
  private let inputCount: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    body = try node.body("body")
    inputCount = node.inputCount
    guard body.inputCount == inputCount, body.outputCount >= node.outputCount else {
      throw .malformed(
        "body has \(body.inputCount) inputs and \(body.outputCount) outputs; the node has \(inputCount) and "
          + "\(node.outputCount)")
    }
  }

  func prepared(constants: [Tensor?], _ context: EvaluationContext) -> any Operator {
    var result = self
    result.body = body.prepared(constants: constants)
    return result
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let count = try inputs.sequence(0, "input_sequence").tensors.count
    let given = try (0..<inputCount).map { try inputs.required($0, "input \($0)") }
    for case .sequence(let sequence) in given where sequence.tensors.count != count {
      throw OperatorError.mismatched(
        "sequences of \(count) and of \(sequence.tensors.count) tensors do not go together")
    }
    var results = [[Tensor]](repeating: [], count: body.outputCount)
    for position in 0..<count {
      try context.iterations.take(1)
      let elements = given.map { value in
        if case .sequence(let sequence) = value { RuntimeValue.tensor(sequence.tensors[position]) } else { value }
      }
      let outputs = try body.run(elements, values: inputs, context)
      for (index, output) in outputs.enumerated() {
        results[index].append(try output.asTensor("output \(index) of body"))
      }
    }
    return try results.enumerated().map { index, tensors in
      .sequence(try .checked(tensors, elementType: body.elementType(ofOutput: index)))
    }
  }
}
