import Explain
import Foundation
import Tensors
import TestSupport
import Testing

/// The maps, scores and logits that a NumPy program with onnxruntime and Pillow computes for the committed networks;
/// `Fixtures/expected/README.md` says what made them.
struct GoldenMapTests {
  struct ExpectedMap: Decodable, CustomTestStringConvertible {
    let model: String
    let picture: String
    let hook: String
    let `class`: Int
    let preset: String
    let map: String?

    var testDescription: String { "\(picture) \(hook) \(self.class) \(preset)" }
  }

  struct ExpectedValues: Decodable, CustomTestStringConvertible {
    let model: String
    let picture: String
    let logits: String?
    let probabilities: String?
    let hook: String?
    let activation: String?
    let scores: String?

    var testDescription: String { "\(picture) \(hook ?? "output")" }
  }

  struct Index: Decodable {
    let maps: [ExpectedMap]
    let values: [ExpectedValues]
  }

  static let index = try! JSONDecoder().decode(
    Index.self, from: Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("expected/index.json"))))

  private func passes(
    _ classifier: Classifier, _ input: NetworkInput, hook: String, _ masking: ScoreCAMConfiguration.Masking,
    batchSize: Int = 8
  ) throws -> ScoreCAMPasses {
    let layer = try classifier.layers.choose(hook, hook: .output).layer
    return try ScoreCAM(classifier: classifier, layer: layer, batchSize: batchSize).run(input, masking: masking)
  }

  private func expectEqual(_ actual: [Float], _ file: String, within tolerance: Float) throws {
    let expected = try NpyFile.read(Checkout.fixture("expected/\(file)")).elements(of: Float.self)
    try #require(actual.count == expected.count)
    let difference = zip(actual, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(difference <= tolerance, "max |Δ| \(difference)")
  }

  @Test(arguments: index.maps)
  func mapEqualsTheReference(expected: ExpectedMap) throws {
    let preset = try #require(ScoreCAMPreset(rawValue: expected.preset))
    let (classifier, input) = try ExampleClassifier.load(expected.model, expected.picture, preset: preset)
    let passes = try passes(classifier, input, hook: expected.hook, preset.configuration.masking)
    let result = try passes.explain(class: expected.class, preset.configuration)
    guard let file = expected.map else {
      #expect(result.map == nil)
      #expect(result.health.codes.contains(.noMap))
      return
    }
    let map = try #require(result.map)
    // The MATLAB presets round masked pictures to bytes: a tie that falls the other way moves a score.
    try expectEqual(map.values, file, within: preset.followsArticle ? 1e-3 : 1e-4)
  }

  @Test(arguments: index.values)
  func valuesEqualTheReference(expected: ExpectedValues) throws {
    let (classifier, input) = try ExampleClassifier.load(expected.model, expected.picture)
    let logits = try classifier.logits(of: input.tensor)
    if let file = expected.logits { try expectEqual(logits, file, within: 1e-4 * (logits.map(abs).max() ?? 1)) }
    if let file = expected.probabilities {
      try expectEqual(classifier.head.probabilities(of: logits).map { Float($0) }, file, within: 1e-5)
    }
    guard let hook = expected.hook else { return }
    let passes = try passes(classifier, input, hook: hook, ScoreCAMPreset.paper.configuration.masking)
    if let file = expected.activation {
      try expectEqual(passes.activation.elements(of: Float.self), file, within: 1e-4)
    }
    if let file = expected.scores { try expectEqual(passes.logits.elements(of: Float.self), file, within: 1e-4) }
  }

  @Test func bitsDependNeitherOnThreadsNorOnBatches() throws {
    var first: [Float]?
    for (threads, batchSize) in [(1, 1), (2, 7), (3, 32)] {
      let (classifier, input) = try ExampleClassifier.load("shapes/shapes.onnx", "shapes/boat.png", threads: threads)
      let configuration = ScoreCAMPreset.matlab.configuration
      let passes = try passes(classifier, input, hook: "conv:-1", configuration.masking, batchSize: batchSize)
      let result = try passes.explain(class: 0, configuration)
      let all = passes.logits.elements(of: Float.self) + (result.map?.values ?? [])
      if let first { #expect(all == first) } else { first = all }
    }
  }

  @Test func pixelMasksNeedThePicture() throws {
    let (classifier, input) = try ExampleClassifier.load("shapes/shapes.onnx", "shapes/boat.png")
    let error = #expect(throws: ExplainError.self) {
      try passes(
        classifier, NetworkInput(tensor: input.tensor), hook: "conv:-1", ScoreCAMPreset.matlab.configuration.masking)
    }
    #expect(error?.message.contains("--mask-domain normalised") == true)
  }

  @Test func progressReachesItsEnd() throws {
    let (classifier, input) = try ExampleClassifier.load("shapes/shapes.onnx", "shapes/boat.png")
    let layer = try classifier.layers.choose("auto", hook: nil).layer
    var last = (0, -1)
    let passes = try ScoreCAM(classifier: classifier, layer: layer)
      .run(input, masking: ScoreCAMPreset.paper.configuration.masking) { last = ($0, $1) }
    #expect(last.0 == last.1)
    #expect(last.1 == passes.channelCount - passes.constantChannels.count)
  }
}
