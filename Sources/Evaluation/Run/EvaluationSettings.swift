public import Explain

/// Every choice of an evaluation's metrics.
public struct EvaluationSettings: Sendable {
  /// Which class of a picture is explained.
  public enum Target: String, Sendable, CaseIterable, Codable {
    /// The likeliest one.
    case predicted
    /// The one that the data set names; a picture with several is evaluated once for each.
    case label
  }

  public var metrics: [Metric] = Metric.standard
  public var target = Target.predicted

  /// What all random numbers follow from.
  public var seed: UInt64 = 0

  /// Steps of insertion and deletion.
  public var stepCount = 100

  public var insertionSubstrate = Substrate.blur(standardDeviation: nil)
  public var deletionSubstrate = Substrate.zeros
  public var roadPercentages = Road.standardPercentages
  public var roadNoise = 0.01

  /// In pixels of the network's input.
  public var pointingMargin = 0.0

  /// The most layers that are randomised.
  public var sanityLayers = 8

  public init() {}

  /// What computes the metrics.
  ///
  /// - Throws: `EvaluationError` where the classifier has no weights to randomise and that is asked for.
  public func measures(for classifier: Classifier) throws -> [any Measure] {
    var all: [any Measure] = [
      ConfidenceChange(.whole), ConfidenceChange(.top50), ConfidenceChange(.ranked),
      PixelCurve(.insertion, substrate: insertionSubstrate, stepCount: stepCount),
      PixelCurve(.deletion, substrate: deletionSubstrate, stepCount: stepCount),
      Road(keptPercentages: roadPercentages, noise: roadNoise), PointingGame(margin: pointingMargin),
      GridPointingGame(), Consistency(),
    ]
    if !Set(metrics).isDisjoint(with: [.cascadingSpearman, .cascadingSSIM, .independentSpearman, .independentSSIM]) {
      let randomization = try WeightRandomization(of: classifier, seed: seed)
      all += [
        SanityCheck(.cascading, of: randomization, maximumLayers: sanityLayers),
        SanityCheck(.independent, of: randomization, maximumLayers: sanityLayers),
      ]
    }
    return all.filter { !Set($0.metrics).isDisjoint(with: metrics) }
  }
}
