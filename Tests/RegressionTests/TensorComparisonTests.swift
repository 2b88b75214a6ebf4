import Regression
import Tensors
import Testing

/// Comparisons whose numbers can be worked out by hand.
struct TensorComparisonTests {
  @Test func violationsHavePlaces() throws {
    let reference = Tensor(try Shape([2, 3]), [Float(1), -2, 4, 8, -16, 0])
    let tensor = Tensor(try Shape([2, 3]), [Float(1), -2.5, 4, 8.5, -14, 0])
    // Allowed at −2, 8 and −16: 0.25 + 0.0625 · |r| = 0.375, 0.75, 1.25.
    let comparison = try TensorComparison(
      tensor, reference: reference, tolerance: ValueTolerance(absolute: 0.25, relative: 0.0625))
    #expect(comparison.violations == 2)
    #expect(comparison.violationShare == 1.0 / 3)
    #expect(comparison.firstViolation == .init(index: [0, 1], value: -2.5, reference: -2))
    #expect(comparison.worstViolation == .init(index: [1, 1], value: -14, reference: -16))
    #expect(comparison.maxAbsoluteError == 2)
    #expect(comparison.meanAbsoluteError == 0.5)
    #expect(comparison.largestReference == 16)
    #expect(!comparison.hasSameBits && !comparison.holds)
  }

  @Test func onlyUnlikeNonFiniteElementsDisagree() throws {
    let shape = try Shape([5])
    let reference = Tensor(shape, [Float.nan, .infinity, -.infinity, 1, 2])
    var comparison = try TensorComparison(reference, reference: reference, tolerance: .bitExact)
    #expect(comparison.holds && comparison.nonFinite.disagreements == 0)
    #expect(comparison.nonFinite.nans == 1 && comparison.nonFinite.referenceInfinities == 2)
    let tensor = Tensor(shape, [Float.nan, -.infinity, 3, .nan, 2])
    comparison = try TensorComparison(
      tensor, reference: reference, tolerance: ValueTolerance(absolute: 1e30, violationShare: 1))
    #expect(comparison.nonFinite.disagreements == 3 && comparison.violations == 3 && !comparison.holds)
    #expect(comparison.maxAbsoluteError == 0)
    #expect(comparison.firstViolation?.index == [1])
  }

  @Test func bitExactTellsZerosApart() throws {
    let (zero, negative) = (Tensor(scalar: Float(0)), Tensor(scalar: -Float(0)))
    #expect(!(try TensorComparison(negative, reference: zero, tolerance: .bitExact).holds))
    let comparison = try TensorComparison(negative, reference: zero, tolerance: ValueTolerance())
    #expect(comparison.holds && comparison.maxULPDistance == 0)
  }

  @Test func integersMustBeEqual() throws {
    let shape = try Shape([2])
    // 2^53 and 2^53 + 1 are one number as float64.
    let reference = Tensor(shape, [Int64(1) << 53, 7])
    let tensor = Tensor(shape, [Int64(1) << 53 + 1, 7])
    let comparison = try TensorComparison(tensor, reference: reference, tolerance: ValueTolerance(absolute: 100))
    #expect(comparison.violations == 1 && !comparison.holds)
    #expect(try TensorComparison(reference, reference: reference, tolerance: ValueTolerance()).holds)
    let words = Tensor(shape, strings: ["a", "b"])
    #expect(
      !(try TensorComparison(words, reference: Tensor(shape, strings: ["a", "c"]), tolerance: .bitExact).holds))
  }

  @Test func unlikeShapesAndTypesAreRefused() throws {
    let row = Tensor(try Shape([1, 2]), [Float(1), 2])
    #expect(throws: RegressionError.self) {
      try TensorComparison(row, reference: Tensor(try Shape([2]), [Float(1), 2]), tolerance: .bitExact)
    }
    #expect(throws: RegressionError.self) {
      try TensorComparison(row, reference: Tensor(try Shape([1, 2]), [Double(1), 2]), tolerance: .bitExact)
    }
  }

  @Test func emptyTensorsAgree() throws {
    let empty = Tensor(try Shape([0, 4]), [Float]())
    let comparison = try TensorComparison(empty, reference: empty, tolerance: .bitExact)
    #expect(comparison.holds && comparison.violationShare == 0 && comparison.cosine == nil)
  }

  @Test func int8AllowsAFewElementsInTheSameDirection() throws {
    var values = [Float](repeating: 1, count: 100)
    let reference = Tensor(try Shape([100]), values)
    let int8 = ToleranceProfile.int8.tolerance
    for index in 0..<5 { values[index] = 0.5 }
    #expect(try TensorComparison(Tensor(try Shape([100]), values), reference: reference, tolerance: int8).holds)
    values[5] = 0.5
    #expect(!(try TensorComparison(Tensor(try Shape([100]), values), reference: reference, tolerance: int8).holds))
    // One element of 100 that outweighs all others: cosine (99 + 100) / √(100 · (99 + 100²)) ≈ 0.198.
    values = [Float](repeating: 1, count: 100)
    values[7] = 100
    #expect(!(try TensorComparison(Tensor(try Shape([100]), values), reference: reference, tolerance: int8).holds))
  }

  /// More elements than are looked at at a time, against sums of one element after the other.
  @Test(arguments: [[Int](), [1500], [0, 1023, 1024, 2999]])
  func manyElements(nonFinite: [Int]) throws {
    let count = 3000
    var references = (0..<count).map { Float(($0 * 7919) % 2001) / 100 - 10 }
    var values = references.enumerated().map { $1 * (1 + Float($0 % 13) * 1e-5) }
    values[2100] += 0.5
    values[17] -= 0.25
    for place in nonFinite { (values[place], references[place]) = place % 2 == 0 ? (.nan, .nan) : (.infinity, 1) }
    let tolerance = ValueTolerance(absolute: 1e-6, relative: 1e-3)
    let comparison = try TensorComparison(
      Tensor(try Shape([count]), values), reference: Tensor(try Shape([count]), references), tolerance: tolerance)
    let pairs = zip(values, references).map { (Double($0), Double($1)) }
    let finite = pairs.filter { $0.0.isFinite && $0.1.isFinite }
    let errors = finite.map { abs($0.0 - $0.1) }
    #expect(comparison.maxAbsoluteError == errors.max())
    let mean = errors.reduce(0, +) / Double(errors.count)
    #expect(abs(comparison.meanAbsoluteError - mean) < 1e-12)
    let largest = pairs.map { $0.1.magnitude }.filter(\.isFinite).max()
    #expect(comparison.largestReference == largest)
    let odd = nonFinite.filter { $0 % 2 == 1 }
    #expect(comparison.nonFinite.disagreements == odd.count)
    #expect(comparison.violations == 2 + odd.count)
    #expect(comparison.firstViolation?.index == [min(17, odd.first ?? 17)])
    let product = finite.reduce(0) { $0 + $1.0 * $1.1 }
    let squares = (finite.reduce(0) { $0 + $1.0 * $1.0 }, finite.reduce(0) { $0 + $1.1 * $1.1 })
    let cosine = try #require(comparison.cosine)
    #expect(abs(cosine - product / (squares.0 * squares.1).squareRoot()) < 1e-12)
    func order(_ number: Float) -> Int64 {
      let bits = Int64(Int32(bitPattern: number.bitPattern))
      return bits < 0 ? Int64(Int32.min) - bits : bits
    }
    let steps = zip(values, references).filter { $0.isFinite && $1.isFinite }.map { abs(order($0) - order($1)) }
    #expect(comparison.maxULPDistance == steps.max().map { UInt64($0) })
    #expect(!comparison.hasSameBits)
  }
}
