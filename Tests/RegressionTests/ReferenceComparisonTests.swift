import Foundation
import Regression
import Tensors
import TestSupport
import Testing

/// Comparisons against NumPy and SciPy; scripts/make-regression-fixtures has made the numbers.
struct ReferenceComparisonTests {
  private struct Fixture: Decodable {
    struct Errors: Decodable {
      let name: String
      let type: String
      let shape: [Int]
      let atol, rtol: Double
      let values, reference: [Double]
      let maxError, meanError: Double
      let violations: Int
      let first: [Int]
      let ulps: UInt64
      let cosine, psnr: Double

      func tensor(_ numbers: [Double]) throws -> Tensor {
        let shape = try Shape(shape)
        return switch type {
        case "float16": Tensor(shape, numbers.map { Float16($0) })
        case "float32": Tensor(shape, numbers.map { Float($0) })
        default: Tensor(shape, numbers)
        }
      }
    }

    struct Scores: Decodable {
      let name: String
      let values, reference: [Double]
      let top, referenceTop: [Int]
      let spearman, divergence, margin, referenceMargin: Double
    }

    let errors: [Errors]
    let scores: [Scores]
  }

  private func fixture() throws -> Fixture {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("regression/comparison.json")))
    return try decoder.decode(Fixture.self, from: data)
  }

  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { ($0 - expected).magnitude <= 1e-12 + 1e-10 * expected.magnitude } ?? false
  }

  @Test func errorsAreAsInNumPy() throws {
    for item in try fixture().errors {
      let comparison = try TensorComparison(
        item.tensor(item.values), reference: item.tensor(item.reference),
        tolerance: ValueTolerance(absolute: item.atol, relative: item.rtol))
      #expect(isNear(comparison.maxAbsoluteError, item.maxError), "\(item.name)")
      #expect(isNear(comparison.meanAbsoluteError, item.meanError), "\(item.name)")
      #expect(comparison.violations == item.violations, "\(item.name)")
      #expect(comparison.firstViolation?.index == item.first, "\(item.name)")
      #expect(comparison.maxULPDistance == item.ulps, "\(item.name)")
      #expect(isNear(comparison.cosine, item.cosine), "\(item.name)")
      #expect(isNear(comparison.psnr, item.psnr), "\(item.name)")
    }
  }

  @Test func rankingsAreAsInSciPy() throws {
    for item in try fixture().scores {
      let shape = try Shape([1, item.values.count])
      let ranking = try #require(
        ClassifierComparison(Tensor(shape, item.values), reference: Tensor(shape, item.reference)))
      #expect(ranking.top == item.top && ranking.referenceTop == item.referenceTop, "\(item.name)")
      #expect(isNear(ranking.spearman, item.spearman), "\(item.name)")
      #expect(isNear(ranking.divergence, item.divergence), "\(item.name)")
      #expect(isNear(ranking.margin, item.margin), "\(item.name)")
      #expect(isNear(ranking.referenceMargin, item.referenceMargin), "\(item.name)")
    }
  }

  @Test func onlyRowsOfFiniteScoresAreRanked() throws {
    let matrix = Tensor(try Shape([2, 2]), [Float(1), 2, 3, 4])
    #expect(ClassifierComparison(matrix, reference: matrix) == nil)
    let row = Tensor(try Shape([1, 2, 1, 1]), [Float(1), 2])
    #expect(ClassifierComparison(row, reference: row)?.top == [1, 0])
    #expect(ClassifierComparison(Tensor(row.shape, [Float.nan, 2]), reference: row) == nil)
  }
}
