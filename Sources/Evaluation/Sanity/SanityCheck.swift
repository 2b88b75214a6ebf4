import Explain

/// How alike a map and the map of the network with randomised weights are, layer by layer: a method whose maps stay the
/// same does not show what the network has learnt.
///
/// - Source: Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, sections 3 and 4.
public struct SanityCheck: Measure {
  public let mode: WeightRandomization.Mode

  private let randomization: WeightRandomization
  private let places: [Int]

  /// - Parameter maximumLayers: how many layers are tried at most, spread evenly.
  public init(_ mode: WeightRandomization.Mode, of randomization: WeightRandomization, maximumLayers: Int = .max) {
    self.mode = mode
    self.randomization = randomization
    places = randomization.places(atMost: maximumLayers)
  }

  /// The layers that are tried, from the last to the first.
  public var layerLabels: [String] { places.map { randomization.layers[$0].label } }

  public var metrics: [Metric] {
    mode == .cascading ? [.cascadingSpearman, .cascadingSSIM] : [.independentSpearman, .independentSSIM]
  }

  public var protocolText: String {
    """
    weights and biases of \(mode == .cascading ? "all layers from the last to each" : "one layer at a time, from the last") \
    of \(places.count) layers drawn anew from a normal distribution of the tensor's own mean and deviation, seeded by its \
    name; the same method explains the same class; Spearman's ρ and SSIM (Gaussian window of 11 pixels, σ 1.5) of both \
    maps, min-max normalised at the input's size; mean over the layers; a constant map counts as 0
    """
  }

  public func values(of subject: MetricSubject, probabilities: [Double]) throws -> [Metric: MetricValue] {
    let (width, height) = (subject.map.width, subject.map.height)
    let original = SaliencyMap(width: width, height: height, values: subject.unitMap)
    var (spearman, ssim): ([Double], [Double]) = ([], [])
    for place in places {
      let classifier = try randomization.classifier(mode, place)
      let explained = ExplainedInput(
        subject.explained.input, of: classifier, batchSize: subject.explained.batchSize)
      let found = try subject.explainer.explain(explained, classes: [subject.classIndex]).explanations[0].map
      let map = SaliencyMap(
        width: width, height: height,
        values: found?.resized(width: width, height: height).unitValues ?? [Float](repeating: 0, count: width * height))
      spearman.append(
        RankCorrelation.spearman(map.values.map(Double.init), original.values.map(Double.init)) ?? 0)
      ssim.append(StructuralSimilarity.mean(map, original, range: 1) ?? 0)
    }
    func value(_ curve: [Double]) -> MetricValue {
      MetricValue(curve.reduce(0, +) / Double(curve.count), curve: curve)
    }
    return [metrics[0]: value(spearman), metrics[1]: value(ssim)]
  }
}
