import Tensors

/// An operator of which some inputs or outputs are no tensors, or which runs graphs.
protocol ValueOperator: Operator {
  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue]
}

extension ValueOperator {
  func evaluate(values: [RuntimeValue?], _ context: EvaluationContext) throws -> [RuntimeValue] {
    try evaluate(ValueInputs(values), context)
  }

  /// For callers that have tensors alone.
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    try evaluate(values: inputs.tensors.map { $0.map { .tensor($0) } }, context).map { value in
      guard case .tensor(let tensor) = value else {
        throw OperatorError.mismatched("the result is \(value.kindName); a tensor is expected")
      }
      return tensor
    }
  }
}

/// The values of a call, some left out, with the checks that operators make of them.
struct ValueInputs: Sendable {
  let values: [RuntimeValue?]

  init(_ values: [RuntimeValue?]) { self.values = values }

  /// nil where it is left out.
  func optional(_ index: Int) -> RuntimeValue? { values.indices.contains(index) ? values[index] : nil }

  func required(_ index: Int, _ name: String) throws(OperatorError) -> RuntimeValue {
    guard let value = optional(index) else { throw .malformed("input \(index) (\(name)) is missing") }
    return value
  }

  func sequence(_ index: Int, _ name: String) throws(OperatorError) -> TensorSequence {
    let value = try required(index, name)
    guard case .sequence(let sequence) = value else {
      throw .mismatched("input \(name) is \(value.kindName); a sequence is expected")
    }
    return sequence
  }

  func tensor(_ index: Int, _ name: String) throws(OperatorError) -> Tensor { try required(index, name).asTensor(name) }

  /// The one element of an int64 or int32 tensor; nil where it is left out.
  func integer(_ index: Int, _ name: String) throws(OperatorError) -> Int? {
    guard let tensor = try optional(index)?.asTensor(name) else { return nil }
    guard tensor.count == 1 else {
      throw .mismatched("input \(name) has shape \(tensor.shape); one element is expected")
    }
    switch tensor.elementType {
    case .int64: return Int(tensor.elements(of: Int64.self)[0])
    case .int32: return Int(tensor.elements(of: Int32.self)[0])
    default: throw .mismatched("input \(name) is of \(tensor.elementType); int64 is expected")
    }
  }
}

extension RuntimeValue {
  /// The tensor that an input or result must be.
  func asTensor(_ name: String) throws(OperatorError) -> Tensor {
    guard case .tensor(let tensor) = self else { throw .mismatched("\(name) is \(kindName); a tensor is expected") }
    return tensor
  }

  /// The one element of a bool tensor.
  func asCondition(_ name: String) throws(OperatorError) -> Bool {
    let tensor = try asTensor(name)
    guard tensor.elementType == .bool, tensor.count == 1 else {
      throw .mismatched("\(name) is \(tensor.elementType) of shape \(tensor.shape); one bool is expected")
    }
    return tensor.elements(of: Bool.self)[0]
  }
}
