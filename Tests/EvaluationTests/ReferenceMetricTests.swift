import Evaluation
import Explain
import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

/// Metrics beside the reference's, for maps of whole numbers that both sides make.
struct ReferenceMetricTests {
  static let shapes = Expectations.read("shapes")
  static let trained = Expectations.read("squeezenet1_0")

  /// The reference's `disc`: a hill on a plain of zeros, so that many pixels tie.
  private func disc(width: Int, height: Int, index: Int) -> (SaliencyMap, [PixelBox]) {
    let (cx, cy, radius) = (width * (3 + index % 5) / 10, height * (2 + index % 4) / 6, width / 3)
    let values = (0..<width * height).map { pixel -> Float in
      let (dx, dy) = (pixel % width - cx, pixel / width - cy)
      return Float(max(0, radius * radius - dx * dx - dy * dy))
    }
    let box = PixelBox(
      left: Double(cx - radius / 2), top: Double(cy - radius / 2), right: Double(cx + radius / 3),
      bottom: Double(cy + radius / 4))
    return (SaliencyMap(width: width, height: height, values: values), [box])
  }

  /// Checks one picture against what the reference has for it.
  private func check(_ expected: Expectations.Picture, _ all: Expectations, _ explained: ExplainedInput) throws {
    let (map, boxes) = disc(
      width: explained.classifier.width, height: explained.classifier.height, index: expected.index)
    let target = ClassRanking(logits: try explained.logits, head: explained.classifier.head).order[0]
    #expect(target == expected.class)
    let subject = try MetricSubject(
      explained, explainer: EnergyExplainer(), class: target, map: map, boxes: boxes, seed: all.seed ?? 0)
    #expect(abs(subject.probability - expected.probability) < 1e-5)

    var found: [String: Double] = [:]
    let measures: [any Measure] = [
      ConfidenceChange(.whole), ConfidenceChange(.top50), ConfidenceChange(.ranked), PointingGame(),
      Road(keptPercentages: all.keptPercentages, noise: 0),
    ]
    for (metric, value) in try MeasureSet(measures).outcome(for: subject).values {
      // Hundredths against the reference's.
      found[metric.rawValue] = value.value
    }
    for (kind, name) in [(PixelCurve.Kind.insertion, "insertion"), (.deletion, "deletion")] {
      for substrate in ["zeros", "mean", "blur", "noise"] {
        let curve = PixelCurve(kind, substrate: try Substrate(substrate), stepCount: all.steps)
        found["\(name) \(substrate)"] = try MeasureSet([curve]).outcome(for: subject).values[curve.metrics[0]]?.value
      }
    }
    var compared = 0
    for (name, value) in expected.metrics {
      guard let own = found[name] else { continue }
      let scale = Metric(rawValue: name)?.isPercentage == true ? 100.0 : 1
      #expect(abs(own - value) <= 1e-4 * scale, "\(name): \(own) instead of \(value)")
      compared += 1
    }
    #expect(compared >= 16)
  }

  @Test(arguments: shapes.pictures)
  func metricsEqualTheReference(expected: Expectations.Picture) throws {
    try check(
      expected, Self.shapes, TestNetwork.shapes().explained(Checkout.fixture("shapes/\(expected.file)")))
  }

  @Test(
    .enabled(if: Checkout.shared != nil, "the trained models and photographs are not beside the checkout"),
    arguments: trained.pictures)
  func metricsOfPhotographsEqualTheReference(expected: Expectations.Picture) throws {
    let shared = try #require(Checkout.shared)
    let folder = try TemporaryFolder()
    let rules = try #require(
      JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: "\(shared)/models/preprocessing.json"))) as? [String: Any])
    let rule = try folder.write(
      Array(JSONSerialization.data(withJSONObject: rules[Self.trained.model]!)), to: "preprocess.json")
    let network = try TestNetwork("\(shared)/models/\(Self.trained.model).onnx", rule: rule)
    try check(expected, Self.trained, network.explained("\(shared)/images/\(expected.file)"))
  }

  /// ADCC and the mosaic with a map that needs no network.
  @Test(arguments: shapes.pictures)
  func furtherExplanationsEqualTheReference(expected: Expectations.Picture) throws {
    let network = try TestNetwork.shapes()
    let explained = try network.explained(Checkout.fixture("shapes/\(expected.file)"))
    let explainer = EnergyExplainer()
    let map = try #require(try explainer.explain(explained, classes: [expected.class]).explanations[0].map)
    let files = Self.shapes.pictures.map(\.file)
    let subject = try MetricSubject(
      explained, explainer: explainer, class: expected.class, map: map, seed: Self.shapes.seed ?? 0
    ) {
      try (1...3).map { step in
        let file = files[(expected.index + step) % files.count]
        return try network.explained(Checkout.fixture("shapes/\(file)")).input.picture!.image
      }
    }
    let values = try MeasureSet([Consistency(), GridPointingGame()]).outcome(for: subject).values
    for metric in [Metric.adcc, .coherency, .complexity, .gridPointingGame] {
      let own = try #require(values[metric]?.value)
      let reference = try #require(expected.metrics[metric.rawValue])
      #expect(abs(own - reference) <= 1e-4, "\(metric.rawValue): \(own) instead of \(reference)")
    }
  }

  /// Maps that depend on the weights, with weights that the reference draws from the same seed.
  @Test(arguments: shapes.pictures)
  func randomizedWeightsEqualTheReference(expected: Expectations.Picture) throws {
    let network = try TestNetwork.shapes()
    let explained = try network.explained(Checkout.fixture("shapes/\(expected.file)"))
    let layer = try network.classifier.layers.choose(try #require(Self.shapes.hook), hook: .output).layer
    let explainer = MeanActivationExplainer(layer: layer)
    let map = try #require(try explainer.explain(explained, classes: [expected.class]).explanations[0].map)
    let subject = try MetricSubject(explained, explainer: explainer, class: expected.class, map: map)
    let randomization = try WeightRandomization(of: network.classifier, seed: try #require(Self.shapes.seed))
    for mode in [WeightRandomization.Mode.cascading, .independent] {
      let check = SanityCheck(mode, of: randomization)
      #expect(check.layerLabels == Self.shapes.layers)
      let values = try MeasureSet([check]).outcome(for: subject).values
      for metric in check.metrics {
        let own = try #require(values[metric]?.curve)
        let reference = try #require(expected.sanity?[metric.rawValue])
        #expect(own.count == reference.count)
        for (layer, pair) in zip(check.layerLabels, zip(own, reference)) {
          #expect(abs(pair.0 - pair.1) <= 1e-4, "\(metric.rawValue) \(layer): \(pair.0) instead of \(pair.1)")
        }
      }
    }
  }

  @Test func intervalsEqualTheReference() throws {
    let seed = try #require(Self.shapes.seed)
    for list in try #require(Self.shapes.bootstrap) {
      let interval = try #require(
        BootstrapInterval(
          of: list.values, resamples: list.resamples, confidence: list.confidence, seed: seed,
          purpose: list.purpose))
      for (own, reference) in zip([interval.mean, interval.lower, interval.upper], list.expected) {
        #expect(abs(own - reference) < 1e-12)
      }
      #expect(interval.count == list.values.count)
    }
    #expect(BootstrapInterval(of: []) == nil)
  }
}
