import Kernels
import Testing

@Suite("Elementwise loops")
struct ElementwiseTests {
  /// One item, several items of work with a rest.
  private static let counts = [0, 1, 19, 70_003]

  @Test("Unary operations", arguments: InstructionSet.available, counts)
  func unary(set: InstructionSet, count: Int) {
    let x = Floats(numbers(count))
    for (operation, expected) in [
      (UnaryOperation.relu, { (x: Float) in max(x, 0) }),
      (.clip(low: -0.25, high: 0.5), { min(max($0, -0.25), 0.5) }),
      (.leakyRelu(slope: 0.125), { $0 < 0 ? 0.125 * $0 : $0 }),
      (.scaleShift(scale: 3, shift: 0.1), { 3 * $0 + 0.1 }),
    ] {
      let y = Floats(count: count)
      apply(
        operation, to: x.start, count: count, output: y.start, pool: ThreadPool(threadCount: 2), instructionSet: set)
      #expect(y.elements == x.elements.map(expected))
    }
  }

  @Test("Binary operations, also in place", arguments: InstructionSet.available, counts)
  func binary(set: InstructionSet, count: Int) {
    let a = Floats(numbers(count, seed: 1))
    let b = Floats(numbers(count, seed: 2))
    for (operation, expected) in [
      (BinaryOperation.add, { (a: Float, b: Float) in a + b }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }),
      (.divide, { $0 / $1 }),
    ] {
      let y = Floats(a.elements)
      apply(
        operation, to: y.start, b.start, count: count, output: y.start, pool: ThreadPool(threadCount: 2),
        instructionSet: set)
      #expect(y.elements.bits == zip(a.elements, b.elements).map(expected).bits)
    }
  }

  @Test("NaN stays NaN", arguments: InstructionSet.available)
  func nan(set: InstructionSet) {
    let x = Floats([Float](repeating: .nan, count: 20))
    for operation in [UnaryOperation.relu, .clip(low: 0, high: 6), .leakyRelu(slope: 0.1)] {
      let y = Floats([Float](repeating: 0, count: 20))
      apply(operation, to: x.start, count: 20, output: y.start, pool: ThreadPool(threadCount: 1), instructionSet: set)
      #expect(y.elements.areAllNaN)
    }
  }

  @Test("Each channel has its scale and shift", arguments: InstructionSet.available)
  func channels(set: InstructionSet) {
    let (batch, channels, count) = (3, 5, 37)
    let x = Floats(numbers(batch * channels * count))
    let scale = Floats(numbers(channels, seed: 2))
    let shift = Floats(numbers(channels, seed: 3))
    let y = Floats(count: x.count)
    scaleShiftChannels(
      x.start, batch: batch, channels: channels, count: count, scale: scale.start, shift: shift.start, output: y.start,
      pool: ThreadPool(threadCount: 2), instructionSet: set)
    for index in 0..<x.count {
      let channel = index / count % channels
      #expect(y[index] == scale[channel] * x[index] + shift[channel])
    }
  }
}
