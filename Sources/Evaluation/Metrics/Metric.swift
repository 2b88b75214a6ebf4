/// A number that says how good a map is, by the name that the command line gives it.
public enum Metric: String, Sendable, CaseIterable, Codable {
  case averageDrop = "average-drop"
  case averageDropTop50 = "average-drop-top50"
  case averageDropRanked = "average-drop-ranked"
  case averageIncrease = "average-increase"
  case averageIncreaseTop50 = "average-increase-top50"
  case averageGain = "average-gain"
  case averageGainTop50 = "average-gain-top50"
  case insertion
  case deletion
  case road
  case pointingGame = "pointing-game"
  case energyPointingGame = "energy-pointing-game"
  case gridPointingGame = "grid-pointing-game"
  case adcc
  case coherency
  case complexity
  case cascadingSpearman = "cascading-spearman"
  case cascadingSSIM = "cascading-ssim"
  case independentSpearman = "independent-spearman"
  case independentSSIM = "independent-ssim"

  /// What is computed where nothing is asked for: what needs neither boxes nor further explanations.
  public static let standard: [Metric] = [
    .averageDrop, .averageDropTop50, .averageIncrease, .averageIncreaseTop50, .averageGain, .insertion, .deletion,
  ]
}

extension Metric {
  /// As people write it.
  public var title: String {
    switch self {
    case .averageDrop: "Average Drop"
    case .averageDropTop50: "Average Drop (top 50 %)"
    case .averageDropRanked: "Average Drop (ranks)"
    case .averageIncrease: "Average Increase"
    case .averageIncreaseTop50: "Average Increase (top 50 %)"
    case .averageGain: "Average Gain"
    case .averageGainTop50: "Average Gain (top 50 %)"
    case .insertion: "Insertion"
    case .deletion: "Deletion"
    case .road: "ROAD"
    case .pointingGame: "Pointing game"
    case .energyPointingGame: "Energy pointing game"
    case .gridPointingGame: "Grid pointing game"
    case .adcc: "ADCC"
    case .coherency: "Coherency"
    case .complexity: "Complexity"
    case .cascadingSpearman: "Cascading randomisation, Spearman"
    case .cascadingSSIM: "Cascading randomisation, SSIM"
    case .independentSpearman: "Independent randomisation, Spearman"
    case .independentSSIM: "Independent randomisation, SSIM"
    }
  }

  /// Whether a larger number is the better one. The sanity checks' are correlations with maps of a spoilt network: a
  /// map that depends on what the network has learnt is near 0.
  public var isHigherBetter: Bool {
    switch self {
    case .averageDrop, .averageDropTop50, .averageDropRanked, .deletion, .complexity, .cascadingSpearman,
      .cascadingSSIM, .independentSpearman, .independentSSIM:
      false
    default: true
    }
  }

  /// Whether the number counts in hundredths.
  public var isPercentage: Bool {
    switch self {
    case .averageDrop, .averageDropTop50, .averageDropRanked, .averageIncrease, .averageIncreaseTop50, .averageGain,
      .averageGainTop50, .pointingGame:
      true
    default: false
    }
  }

  /// Whether the data set must say where the class is in a picture.
  public var needsBoxes: Bool { self == .pointingGame || self == .energyPointingGame }

  /// The metrics of a comma-separated list; `all` and `standard` stand for several.
  ///
  /// - Returns: each once, in the order in which metrics are listed.
  /// - Throws: `EvaluationError` for an unknown name.
  public static func list(_ text: String) throws(EvaluationError) -> [Metric] {
    var chosen: Set<Metric> = []
    for name in text.split(separator: ",") {
      switch name {
      case "all": chosen.formUnion(allCases)
      case "standard": chosen.formUnion(standard)
      default:
        guard let metric = Metric(rawValue: String(name)) else {
          throw EvaluationError(
            .invalidRequest,
            "there is no metric '\(name)'; there are \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        chosen.insert(metric)
      }
    }
    return allCases.filter { chosen.contains($0) }
  }
}
