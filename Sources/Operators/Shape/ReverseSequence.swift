import Tensors

/// The first `sequence_lens[b]` steps along the time axis in reverse order, for each entry b of the batch.
///
/// - Source: ONNX operator ReverseSequence 10, 28.
struct ReverseSequence: Operator {
  private let batchAxis: Int
  private let timeAxis: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    batchAxis = try node.int("batch_axis") ?? 1
    timeAxis = try node.int("time_axis") ?? 0
    guard [batchAxis, timeAxis].sorted() == [0, 1] else {
      throw .malformed("batch_axis is \(batchAxis) and time_axis \(timeAxis); they must be 0 and 1, or 1 and 0")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    guard x.shape.rank >= 2 else {
      throw OperatorError.mismatched("the input has shape \(x.shape); a time and a batch axis are expected")
    }
    let (steps, batch, columns) = (x.shape[timeAxis], x.shape[batchAxis], x.shape[1])
    let lengths = try inputs.integers(1, "sequence_lens") ?? []
    guard lengths.count == batch, lengths.allSatisfy({ $0 >= 0 && $0 <= steps }) else {
      throw OperatorError.mismatched(
        "sequence_lens \(lengths) does not give a length up to \(steps) for each of \(batch) entries of the batch")
    }
    let inner = x.shape.count(of: 2..<x.shape.rank)
    return [
      try x.gatheringBlocks(of: inner, count: steps * batch, to: x.shape, context) { block in
        let (row, column) = (block / columns, block % columns)
        let (time, entry) = timeAxis == 0 ? (row, column) : (column, row)
        let from = time < lengths[entry] ? lengths[entry] - 1 - time : time
        return (timeAxis == 0 ? from * columns + column : row * columns + from) * inner
      }
    ]
  }
}

extension ReverseSequence: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
