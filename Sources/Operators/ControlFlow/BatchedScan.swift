import Tensors

extension ScanRounds {
  /// Version 8: a scan for each element of a batch along the first axis, over the second; each as long as
  /// `sequence_lens` says. What is left of the outputs is zero.
  func runBatch(_ values: ValueInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let tensors = try tensors(of: values)
    for tensor in tensors[stateCount...] where tensor.shape.rank < 2 || tensor.elementType == .string {
      throw OperatorError.mismatched(
        "an input to scan is \(tensor.elementType) of shape \(tensor.shape); numbers batch×length×… are expected")
    }
    let batch = tensors[stateCount].shape[0]
    let length = tensors[stateCount].shape[1]
    guard tensors.allSatisfy({ $0.shape.rank >= 1 && $0.shape[0] == batch }), batch > 0 else {
      throw OperatorError.mismatched(
        "inputs have the shapes \(tensors.map(\.shape)); one batch along the first axis is expected")
    }
    let lengths = try OperatorInputs([try values.optional(0)?.asTensor("sequence_lens")]).integers(0, "sequence_lens")
    if let lengths, lengths.count != batch || !lengths.allSatisfy({ (0...length).contains($0) }) {
      throw OperatorError.mismatched("sequence_lens is not a length from 0 to \(length) for each of \(batch) sequences")
    }
    var results: [[Tensor]] = []
    for index in 0..<batch {
      let parts = try tensors.map { try $0.element(index, axis: 0, context) }
      var result = try run(parts, limit: lengths?[index], values: values, context)
      for output in stateCount..<result.count {
        result[output] = try result[output].padded(toLength: length, context)
      }
      results.append(result)
    }
    return try results[0].indices.map { output in
      try Tensor.stacked(results.map { $0[output] }, newAxis: 0, context)
    }
  }
}

extension Tensor {
  /// The rows, and rows of zeros behind them.
  fileprivate func padded(toLength length: Int, _ context: EvaluationContext) throws -> Tensor {
    guard shape[0] < length else { return self }
    guard elementType != .string else { throw OperatorError.unsupported("strings in sequences of different lengths") }
    let rest = try Tensor(
      try shape.replacing(0, by: length - shape[0]), elementType, allocator: context.allocator
    ) { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }
    return try Tensor.concatenated([self, rest], axis: 0, context)
  }
}
