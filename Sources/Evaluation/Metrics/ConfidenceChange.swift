import Explain

/// How the class's probability changes where the picture is multiplied with its map: Average Drop, Average Increase and
/// Average Gain.
///
/// With Y = p_c(x) and O = p_c(x ∘ M), M the map with its minimum at 0 and its maximum at 1: drop max(0, Y − O)/Y,
/// increase O > Y, gain max(0, O − Y)/(1 − Y), in hundredths. Where Y is 0 the drop is 0, where Y is 1 the gain.
///
/// A map that leaves most of the picture as it is has a small drop, wherever its largest values lie. By ranks, the mean
/// of what the picture is multiplied with is ½ for every map, so that only the order of the pixels counts.
///
/// - Source: Chattopadhay et al., "Grad-CAM++", WACV 2018, section 4.1; Wang et al., "Score-CAM", 2020, section 4.2, for
///   the top 50 %; Zhang et al., "Opti-CAM", 2024, for the gain.
public struct ConfidenceChange: Measure {
  /// Which part of the map masks the picture.
  public enum Part: Sendable {
    /// All of it.
    case whole
    /// The half of the pixels with the largest values, rounded up; 0 elsewhere.
    case top50
    /// All pixels by their ranks instead of their values, so that no map is wider than another.
    case ranked
  }

  public let part: Part

  public init(_ part: Part) { self.part = part }

  public var metrics: [Metric] {
    switch part {
    case .whole: [.averageDrop, .averageIncrease, .averageGain]
    case .top50: [.averageDropTop50, .averageIncreaseTop50, .averageGainTop50]
    case .ranked: [.averageDropRanked]
    }
  }

  public var protocolText: String {
    let map =
      switch part {
      case .whole: "the whole map, min-max normalised"
      case .top50: "the map's top 50 % of pixels (stable order of ties), 0 elsewhere, min-max normalised"
      case .ranked: "the ranks of the map's values, from 0 for the least to 1 for the largest (ties share their mean)"
      }
    return """
      the normalised input times \(map), at the input's size; relative to the probability of the picture as it is; in %
      """
  }

  public func changedPictures(of subject: MetricSubject) -> [ChangedPicture] {
    let pixels = subject.pixels
    let mask = mask(of: subject)
    return [{ pixels.write(times: mask, to: $0) }]
  }

  /// What the picture is multiplied with.
  func mask(of subject: MetricSubject) -> [Float] {
    switch part {
    case .whole: return subject.unitMap
    case .top50:
      let limit = UInt32((subject.ranking.count + 1) / 2)
      return zip(subject.unitMap, subject.ranking.ranks).map { $1 < limit ? $0 : 0 }
    case .ranked:
      let ranks = RankCorrelation.ranks(of: subject.map.values.map(Double.init))
      return ranks.map { Float(($0 - 1) / Double(max(ranks.count - 1, 1))) }
    }
  }

  public func values(of subject: MetricSubject, probabilities: [Double]) -> [Metric: MetricValue] {
    let (before, after) = (subject.probability, probabilities[0])
    // By ranks there is the first alone.
    let numbers = [
      100 * ConfidenceChange.drop(from: before, to: after),
      after > before ? 100 : 0,
      before < 1 ? 100 * max(0, after - before) / (1 - before) : 0,
    ]
    return Dictionary(uniqueKeysWithValues: zip(metrics, numbers.map { MetricValue($0) }))
  }

  /// max(0, Y − O)/Y.
  static func drop(from before: Double, to after: Double) -> Double {
    before > 0 ? max(0, before - after) / before : 0
  }
}
