import Tensors

/// The tensor at a position, counted from the end where negative.
///
/// - Source: ONNX operator SequenceAt 11.
struct SequenceAt: ValueOperator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let sequence = try inputs.sequence(0, "input_sequence")
    guard let position = try inputs.integer(1, "position") else {
      throw OperatorError.malformed("input 1 (position) is missing")
    }
    return [.tensor(sequence.tensors[try sequence.place(position, end: sequence.tensors.count)])]
  }
}

/// How many tensors a sequence has, as an int64 scalar.
///
/// - Source: ONNX operator SequenceLength 11.
struct SequenceLength: ValueOperator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    [.tensor(Tensor(scalar: Int64(try inputs.sequence(0, "input_sequence").tensors.count)))]
  }
}

/// The sequence with one tensor more, before the one at a position, at the end by default.
///
/// - Source: ONNX operator SequenceInsert 11.
struct SequenceInsert: ValueOperator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let sequence = try inputs.sequence(0, "input_sequence")
    let tensor = try inputs.tensor(1, "tensor")
    if let type = sequence.elementType, type != tensor.elementType {
      throw OperatorError.mismatched("a sequence of \(type) cannot hold a tensor of \(tensor.elementType)")
    }
    let count = sequence.tensors.count
    let place = try sequence.place(try inputs.integer(2, "position") ?? count, end: count + 1)
    try context.iterations.takeCopy(of: count)
    var tensors = sequence.tensors
    tensors.insert(tensor, at: place)
    return [.sequence(TensorSequence(elementType: tensor.elementType, tensors: tensors))]
  }
}

/// The sequence without the tensor at a position, the last by default.
///
/// - Source: ONNX operator SequenceErase 11.
struct SequenceErase: ValueOperator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let sequence = try inputs.sequence(0, "input_sequence")
    let place = try sequence.place(try inputs.integer(1, "position") ?? -1, end: sequence.tensors.count)
    try context.iterations.takeCopy(of: sequence.tensors.count)
    var tensors = sequence.tensors
    tensors.remove(at: place)
    return [.sequence(TensorSequence(elementType: sequence.elementType, tensors: tensors))]
  }
}
