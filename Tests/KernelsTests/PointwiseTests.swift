import Foundation
import Kernels
import Testing

@Suite("Functions of each element")
struct PointwiseTests {
  /// Each function with its definition and how far from it results may be, as a share of the value.
  private static let functions: [(PointwiseFunction, @Sendable (Double) -> Double, Double)] = [
    (.exponential, { exp($0) }, 2.5e-7),
    (.logistic, { 1 / (1 + exp(-$0)) }, 4e-7),
    (.errorFunction, { erf($0) }, 2.5e-7),
  ]

  @Test("Functions are near those in double precision", arguments: InstructionSet.available)
  func matchesDefinition(set: InstructionSet) {
    let x = Floats((0..<40_001).map { Float($0 - 20_000) / 1000 } + numbers(10_007, seed: 3).map { $0 * 3 })
    let y = Floats(count: x.count)
    for (function, definition, bound) in Self.functions {
      function.apply(x.start, count: x.count, to: y.start, set)
      let wrong = (0..<x.count).filter {
        abs(Double(y[$0]) - definition(Double(x[$0]))) > bound * abs(definition(Double(x[$0])))
      }
      #expect(wrong.isEmpty, "\(function)")
    }
    PointwiseFunction.gelu.apply(x.start, count: x.count, to: y.start, set)
    // 1 + erf loses what it has in common with −1: the bound is absolute there.
    let wrong = (0..<x.count).filter { index in
      let value = Double(x[index])
      return abs(Double(y[index]) - value * 0.5 * erfc(-value / 2.0.squareRoot())) > 2e-7 * max(1, abs(value))
    }
    #expect(wrong.isEmpty)
  }

  @Test("Ends of the range", arguments: InstructionSet.available)
  func ends(set: InstructionSet) {
    func result(_ function: PointwiseFunction, _ value: Float) -> Float {
      let x = Floats([value])
      function.apply(x.start, count: 1, to: x.start, set)
      return x[0]
    }
    for function in [PointwiseFunction.exponential, .logistic, .errorFunction, .gelu] {
      #expect(result(function, .nan).isNaN, "\(function)")
    }
    #expect(result(.exponential, -.infinity) == 0 && result(.exponential, .infinity) == .infinity)
    #expect(result(.exponential, 0) == 1)
    #expect(result(.logistic, -.infinity) == 0 && result(.logistic, .infinity) == 1)
    #expect(result(.errorFunction, -.infinity) == -1 && result(.errorFunction, .infinity) == 1)
    #expect(result(.errorFunction, -0.0).bitPattern == Float(-0.0).bitPattern)
    #expect(result(.gelu, .infinity) == .infinity)
  }

  @Test("Operations round once, at any count and place", arguments: InstructionSet.available)
  func operations(set: InstructionSet) {
    let a = Floats(numbers(70, seed: 1) + [.infinity, -0.0, 70_000 * .leastNonzeroMagnitude])
    let b = Floats(numbers(70, seed: 2) + [1, 0.0, 3])
    let operations: [(PointwiseOperation, (Float, Float) -> Float)] = [
      (.add, { $0 + $1 }), (.subtract, { $0 - $1 }), (.multiply, { $0 * $1 }), (.divide, { $0 / $1 }),
    ]
    for (operation, definition) in operations {
      for first in [0, 3] {
        for count in [0, 1, 5, 16, 33, a.count - first] {
          let y = Floats(count: count + 1)
          y.start[count] = 7
          operation.combine(a.start + first, b.start + first, count: count, to: y.start, set)
          let wrong = (0..<count).filter {
            y[$0].bitPattern != definition(a[first + $0], b[first + $0]).bitPattern && !y[$0].isNaN
          }
          #expect(wrong.isEmpty && y[count] == 7, "\(operation)")
        }
      }
    }
  }

  @Test("Softmax is near the one in double precision", arguments: InstructionSet.available)
  func softmaxes(set: InstructionSet) {
    for count in [1, 2, 15, 16, 17, 197, 1000, 5003] {
      var line = numbers(count, seed: 5).map { $0 * 20 }
      if count > 2 { line[count - 1] = -.infinity }
      let largest = Double(line.max()!)
      let sum = line.reduce(0) { $0 + exp(Double($1) - largest) }
      let expected = line.map { exp(Double($0) - largest) / sum }
      line.withUnsafeMutableBufferPointer { softmax($0, set) }
      // The distance to the largest is rounded to half a unit of 2⁻²⁴ of at most 40.
      let wrong = line.indices.filter { abs(Double(line[$0]) - expected[$0]) > 3e-6 * expected[$0] + 1e-44 }
      #expect(wrong.isEmpty, "\(count)")
    }
    var line: [Float] = [1, .nan, 2]
    line.withUnsafeMutableBufferPointer { softmax($0, set) }
    #expect(line.areAllNaN)
  }

  @Test("A chain gives the bits of its steps", arguments: [1, 5, 768, 3000])
  func chains(period: Int) {
    let bias = numbers(period, seed: 4)
    let chain = PointwiseChain(
      steps: [
        .operation(.add, .constant(0), .input(0)), .operation(.divide, .step(0), .constant(1)),
        .function(.errorFunction, .step(1)), .operation(.add, .step(2), .constant(2)),
        .operation(.multiply, .step(0), .step(3)), .operation(.subtract, .step(4), .input(1)),
      ], constants: [bias, [1.414_213_5], [1]])
    let count = 100_000 / period * period + (period == 1 ? 13 : 0)
    let (a, b) = (Floats(numbers(count, seed: 6)), Floats(numbers(count, seed: 7)))
    let sums = Floats((0..<count).map { bias[$0 % period] + a[$0] })
    let shares = Floats((0..<count).map { sums[$0] / 1.414_213_5 })
    PointwiseFunction.errorFunction.apply(shares.start, count: count, to: shares.start)
    let expected = (0..<count).map { sums[$0] * (shares[$0] + 1) - b[$0] }
    for threads in 1...3 {
      let y = Floats(count: count)
      chain.run(
        [UnsafePointer(a.start), UnsafePointer(b.start)], count: count, to: y.start,
        pool: ThreadPool(threadCount: threads))
      #expect((0..<count).allSatisfy { y[$0].bitPattern == expected[$0].bitPattern })
    }
  }
}
