/// What is odd about a map: codes for programs, and a sentence each for people.
public struct MapHealth: Sendable {
  public enum Code: String, Sendable, CaseIterable {
    /// The map is zero everywhere.
    case empty
    /// There is no map: the weighted sum is the same everywhere.
    case noMap = "no-map"
    /// The map has one value everywhere.
    case constant
    /// The weights are nearly equal.
    case flatWeights = "flat-weights"
    /// Most values stand more than once, so that a ranking of pixels is mostly arbitrary.
    case ties
    /// More than half of the channels are constant.
    case deadChannels = "dead-channels"
  }

  public let codes: [Code]

  /// The entropy of the weights' magnitudes over the largest possible: 1 where all are equal, 0 where one has it all.
  public let weightEntropy: Double

  /// The share of the map's values that some other place has too, zeros apart.
  public let tieShare: Double

  init(map: SaliencyMap?, weights: [Double], constantChannels: Int) {
    weightEntropy = MapHealth.relativeEntropy(weights)
    tieShare = map.map { MapHealth.tieShare($0.values) } ?? 0
    var codes: [Code] = []
    if let map {
      if map.values.allSatisfy({ $0 == 0 }) {
        codes.append(.empty)
      } else if map.values.allSatisfy({ $0 == map.values[0] }) {
        codes.append(.constant)
      }
    } else {
      codes.append(.noMap)
    }
    if weights.count > 1, weightEntropy > 0.98 { codes.append(.flatWeights) }
    if tieShare > 0.5 { codes.append(.ties) }
    if constantChannels * 2 > weights.count { codes.append(.deadChannels) }
    self.codes = codes
  }

  private static func relativeEntropy(_ weights: [Double]) -> Double {
    let total = weights.reduce(0) { $0 + abs($1) }
    guard total > 0, weights.count > 1 else { return weights.count > 1 ? 1 : 0 }
    let entropy = weights.reduce(0) { sum, weight in
      let share = abs(weight) / total
      return share > 0 ? sum - share * log(share) : sum
    }
    return entropy / log(Double(weights.count))
  }

  private static func tieShare(_ values: [Float]) -> Double {
    let positive = values.filter { $0 > 0 }.sorted()
    guard positive.count > 1 else { return 0 }
    let tied = positive.indices.count { index in
      (index > 0 && positive[index - 1] == positive[index])
        || (index + 1 < positive.count && positive[index + 1] == positive[index])
    }
    return Double(tied) / Double(positive.count)
  }
}

extension MapHealth.Code {
  /// What the code means for the reader of the map.
  public var explanation: String {
    switch self {
    case .empty:
      "The map is zero everywhere: no place speaks for the class at this layer. Try another layer, or --hook activation."
    case .noMap:
      "There is no map: the weighted sum is the same everywhere. Try another layer or preset."
    case .constant:
      "The map has the same value everywhere and says nothing about places. Try a layer with more pixels."
    case .flatWeights:
      """
      The weights are nearly equal, so the map is nearly the mean activation, whatever the class. That lies in softmax \
      over probabilities; --preset paper weighs by the scores themselves.
      """
    case .ties: "More than half of the map's values stand more than once: a ranking of pixels is mostly arbitrary."
    case .deadChannels: "More than half of the channels are constant for this picture and have no part in the map."
    }
  }
}
