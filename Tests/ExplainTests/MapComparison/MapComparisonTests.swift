import Explain
import Foundation
import TestSupport
import Testing

/// Comparisons of maps against NumPy, SciPy and scikit-image; scripts/make-map-comparison-fixtures has made the numbers.
struct MapComparisonTests {
  private struct Pair: Decodable {
    let name: String
    let width, height: Int
    let values, reference: [Float]
    let maxError, range, spearman, ssim, top, shift: Double
  }

  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { ($0 - expected).magnitude <= 1e-10 } ?? false
  }

  @Test func measuresAreAsInSciPyAndScikitImage() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("map-comparison.json")))
    let pairs = try decoder.decode([Pair].self, from: data)
    #expect(pairs.count == 6)
    for pair in pairs {
      let map = SaliencyMap(width: pair.width, height: pair.height, values: pair.values)
      let reference = SaliencyMap(width: pair.width, height: pair.height, values: pair.reference)
      let comparison = try #require(MapComparison(map, reference: reference))
      #expect(comparison.maxAbsoluteError == pair.maxError, "\(pair.name)")
      #expect(comparison.referenceRange == pair.range, "\(pair.name)")
      #expect(isNear(comparison.spearman, pair.spearman), "\(pair.name): \(String(describing: comparison.spearman))")
      #expect(isNear(comparison.ssim, pair.ssim), "\(pair.name): \(String(describing: comparison.ssim))")
      #expect(isNear(comparison.top10IoU, pair.top), "\(pair.name): \(comparison.top10IoU)")
      #expect(isNear(comparison.peakShift, pair.shift), "\(pair.name): \(comparison.peakShift)")
    }
  }

  @Test func aMapIsLikeItself() throws {
    let map = SaliencyMap(width: 13, height: 12, values: (0..<156).map { Float($0 * 37 % 101) })
    let comparison = try #require(MapComparison(map, reference: map))
    #expect(comparison.maxAbsoluteError == 0)
    #expect(isNear(comparison.spearman, 1))
    #expect(isNear(comparison.ssim, 1))
    #expect(comparison.top10IoU == 1)
    #expect(comparison.peakShift == 0)
  }

  @Test func constantMapsHaveNeitherRanksNorStructure() throws {
    let zeros = SaliencyMap(width: 3, height: 2, values: [0, 0, 0, 0, 0, 0])
    let comparison = try #require(MapComparison(zeros, reference: zeros))
    #expect(comparison.spearman == nil)
    #expect(comparison.ssim == nil)
    #expect(comparison.top10IoU == 1)
    let one = SaliencyMap(width: 3, height: 2, values: [0, 0, 0, 0, 0, 1])
    #expect(try #require(MapComparison(one, reference: zeros)).top10IoU == 0)
  }

  @Test func mapsOfOtherSizesOrWithNaNsAreNotCompared() {
    let map = SaliencyMap(width: 2, height: 1, values: [0, 1])
    #expect(MapComparison(map, reference: SaliencyMap(width: 1, height: 2, values: [0, 1])) == nil)
    #expect(MapComparison(SaliencyMap(width: 2, height: 1, values: [0, .nan]), reference: map) == nil)
    let empty = SaliencyMap(width: 0, height: 0, values: [])
    #expect(MapComparison(empty, reference: empty) == nil)
  }

  @Test func equalValuesShareTheirPlaceAmongTheTop() {
    // Of ten pixels the top tenth is one; all that equal it count.
    let map = SaliencyMap(width: 5, height: 2, values: [0, 3, 1, 3, 0, 0, 2, 0, 0, 0])
    #expect(TopShare.places(0.1, of: map) == [1, 3])
    // Six of ten would reach the zeros, which are the least value.
    #expect(TopShare.places(0.6, of: map) == [1, 2, 3, 6])
    #expect(TopShare.places(0, of: map) == [])
  }
}
