import Foundation

/// How far a map is from a reference of the same size.
public struct MapComparison: Sendable, Hashable {
  /// max |m − r|, in the maps' own units.
  public let maxAbsoluteError: Double

  /// The reference's largest value minus its least: what errors can be measured by.
  public let referenceRange: Double

  /// The correlation of the ranks of all pixels; nil where one of the maps is constant.
  public let spearman: Double?

  /// The mean structural similarity, with the reference's range as the extent of the values; nil where that is 0.
  public let ssim: Double?

  /// Of the tenth of the pixels with the largest values: those in both maps over those in either.
  public let top10IoU: Double

  /// How far the largest value has moved, in pixels.
  public let peakShift: Double

  /// Compares every pixel; nil where the sizes differ, there are no pixels, or a value is not finite.
  ///
  /// - Complexity: O(n log n) for n pixels.
  public init?(_ map: SaliencyMap, reference: SaliencyMap) {
    guard map.width == reference.width, map.height == reference.height, let low = reference.values.min(),
      let high = reference.values.max(), map.values.allSatisfy(\.isFinite), reference.values.allSatisfy(\.isFinite)
    else { return nil }
    referenceRange = Double(high) - Double(low)
    maxAbsoluteError = zip(map.values, reference.values).reduce(0) { max($0, (Double($1.0) - Double($1.1)).magnitude) }
    spearman = RankCorrelation.spearman(map.values.map(Double.init), reference.values.map(Double.init))
    ssim = referenceRange > 0 ? StructuralSimilarity.mean(map, reference, range: referenceRange) : nil
    top10IoU = TopShare.overlap(0.1, map, reference)
    let (peak, expected) = (map.peak, reference.peak)
    peakShift = hypot(Double(peak.x - expected.x), Double(peak.y - expected.y))
  }
}

extension SaliencyMap {
  /// The place of the largest value, the first of equal ones in row-major order.
  ///
  /// - Precondition: the map has pixels, and no value is NaN.
  public var peak: (x: Int, y: Int) {
    var best = 0
    for index in values.indices where values[index] > values[best] { best = index }
    return (best % width, best / width)
  }
}
