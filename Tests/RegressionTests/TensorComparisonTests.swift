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
}
