import Tensors

/// A cache with an update written into it along one axis, from a position of its own for each entry of the batch.
///
/// - Source: ONNX operator TensorScatter 24.
struct TensorScatter: Operator {
  private let axis: Int
  private let isCircular: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? -2
    switch try node.string("mode") ?? "linear" {
    case "linear": isCircular = false
    case "circular": isCircular = true
    case let other: throw .malformed("attribute mode is '\(other)', not linear or circular")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let (cache, update) = try (inputs.required(0, "past_cache"), inputs.required(1, "update"))
    try update.requireType(cache.elementType, named: "update")
    let axis = try cache.shape.checkedAxis(axis)
    guard axis > 0 else { throw OperatorError.malformed("attribute axis names the batch's axis") }
    guard update.shape.rank == cache.shape.rank, update.shape[axis] <= cache.shape[axis],
      try cache.shape.replacing(axis, by: update.shape[axis]) == update.shape
    else {
      throw OperatorError.mismatched("an update of shape \(update.shape) does not fit a cache of shape \(cache.shape)")
    }
    let (batch, length, steps) = (cache.shape[0], cache.shape[axis], update.shape[axis])
    let starts = try inputs.integers(2, "write_indices") ?? [Int](repeating: 0, count: batch)
    guard starts.count == batch, starts.allSatisfy({ $0 >= 0 && (isCircular || $0 <= length - steps) }) else {
      throw OperatorError.mismatched(
        "write_indices \(starts) do not place \(steps) in a cache of \(length) for each of \(batch) entries of the batch"
      )
    }
    let inner = cache.shape.count(of: axis + 1..<cache.shape.rank)
    let rowsPerEntry = cache.shape.count(of: 1..<axis)
    let blocks = update.shape.count(of: 0..<axis + 1)
    return [
      try cache.replacingBlocks(of: inner, with: update, count: blocks, context) { block in
        let (row, step) = (block / steps, block % steps)
        let start = starts[row / rowsPerEntry]
        return (row * length + (isCircular ? (start % length + step) % length : start + step)) * inner
      }
    ]
  }
}
