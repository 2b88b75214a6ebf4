/// What several maps of one class and picture have in common.
public struct MapAgreement: Sendable {
  /// For each pixel the share of the maps that count it among the fifth of their pixels with the largest values.
  public let map: SaliencyMap

  /// Spearman's ρ of each pair of maps, in the maps' order; nil where one of the two is constant.
  public let rankCorrelations: [[Double?]]

  /// The share of a map's pixels that count.
  public static let topShare = 0.2

  /// Compares maps at one size.
  ///
  /// - Complexity: O(m² n + m n log n) for m maps of n pixels.
  /// - Precondition: there is a map, all are of one size, and no value is NaN.
  public init(_ maps: [SaliencyMap]) {
    precondition(maps.allSatisfy { ($0.width, $0.height) == (maps[0].width, maps[0].height) })
    var counts = [Float](repeating: 0, count: maps[0].values.count)
    for map in maps {
      for place in TopShare.places(MapAgreement.topShare, of: map) { counts[place] += 1 }
    }
    map = SaliencyMap(
      width: maps[0].width, height: maps[0].height, values: counts.map { $0 / Float(maps.count) })
    // Each map is sorted once, not once a pair.
    let ranks = maps.map { RankCorrelation.ranks(of: $0.values.map(Double.init)) }
    var matrix = [[Double?]](repeating: [Double?](repeating: nil, count: maps.count), count: maps.count)
    for i in maps.indices {
      for j in maps.indices where j <= i {
        matrix[i][j] = RankCorrelation.correlation(ofRanks: ranks[i], ranks[j])
        matrix[j][i] = matrix[i][j]
      }
    }
    rankCorrelations = matrix
  }
}
