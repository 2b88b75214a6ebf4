import Tensors

/// For each row of [batch, classes] of logarithms of probabilities up to a common term, `sample_size` classes drawn
/// from them.
///
/// - Source: ONNX operator Multinomial 7, 22.
struct Multinomial: Operator {
  private let generator: MersenneTwister
  private let type: ElementType
  private let samples: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    generator = try node.randomGenerator()
    type = try node.elementType("dtype") ?? .int32
    guard type == .int32 || type == .int64 else { throw .malformed("attribute dtype is \(type), not int32 or int64") }
    samples = try node.int("sample_size") ?? 1
    guard samples > 0 else { throw .malformed("attribute sample_size is \(samples)") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input").requireFloats(named: "input")
    guard x.shape.rank == 2, x.shape[1] > 0 else {
      throw OperatorError.mismatched("the input has shape \(x.shape); a row of classes for each entry is expected")
    }
    let (batch, classes) = (x.shape[0], x.shape[1])
    var generator = generator
    let drawn = try withDoubles(of: [x], context) { pointers in
      try Tensor(Shape([batch, samples]), of: Int64.self, allocator: context.allocator) { drawn in
        for entry in 0..<batch {
          let sums = try cumulative(Array(pointers[0][entry * classes..<(entry + 1) * classes]), entry: entry)
          for sample in 0..<samples {
            drawn[entry * samples + sample] = Int64(place(of: generator.uniform() * sums.last!, in: sums))
          }
        }
      }
    }
    return [try drawn.converted(to: type, context)]
  }

  /// For each class the sum of the probabilities up to it, relative to the largest.
  private func cumulative(_ row: [Double], entry: Int) throws -> [Double] {
    let largest = row.max()!
    var sum = 0.0
    let sums = row.map { value in
      sum += (value - largest).exponential
      return sum
    }
    guard sum.isFinite else {
      throw OperatorError.mismatched("row \(entry) of the input holds no logarithms of probabilities")
    }
    return sums
  }

  /// The first class whose sum is above `value`; where rounding leaves none, the last one that is possible.
  private func place(of value: Double, in sums: [Double]) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value || sums[middle] == sums[sums.count - 1] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
