import Explain
import Foundation
import Tensors
import TestSupport
import Testing

/// The maps that pytorch-grad-cam and PyTorch's autograd make of a committed network; `Fixtures/gradients/README.md` says
/// what made them.
struct GradientGoldenTests {
  struct Expected: Decodable, CustomTestStringConvertible {
    let method: String
    let map: String
    let hook: String
    let seed: UInt64?
    let parameters: [String: Double]

    var testDescription: String { map }
  }

  struct Index: Decodable {
    let `class`: Int
    let maps: [Expected]
  }

  static let index = try! JSONDecoder().decode(
    Index.self, from: Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("gradients/index.json"))))

  private func explain(_ expected: Expected, threads: Int = 2) throws -> ExplainerResult {
    let input = try ExampleClassifier.explained(threads: threads)
    let method = try #require(ExplanationMethod.named(expected.method))
    return try method.explainer(
      ExplainerOptions(
        layer: try input.classifier.layers.choose(expected.hook, hook: .output).layer, seed: expected.seed ?? 0,
        parameters: expected.parameters)
    ).explain(input, classes: [Self.index.class])
  }

  @Test(arguments: index.maps)
  func mapEqualsTheReference(expected: Expected) throws {
    let result = try explain(expected)
    let map = try #require(result.explanations.first?.map)
    let values = try NpyFile.read(Checkout.fixture("gradients/\(expected.map)")).elements(of: Float.self)
    try #require(map.values.count == values.count)
    let difference = zip(map.values, values).map { abs($0 - $1) }.max() ?? 0
    let largest = values.reduce(0) { max($0, abs($1)) }
    #expect(difference <= 1e-4 * max(1, largest), "max |Δ| \(difference) of \(largest)")
    #expect(result.record.method == expected.method)
    for (name, value) in expected.parameters {
      #expect(result.record.knobs[name].flatMap(Double.init) == value)
    }
  }

  @Test(arguments: index.maps.filter { $0.map.hasSuffix("last.npy") || $0.method == "smoothgrad" })
  func bitsDoNotDependOnThreads(expected: Expected) throws {
    #expect(try explain(expected, threads: 3).explanations[0].map == explain(expected, threads: 1).explanations[0].map)
  }

  /// The shares add up to what the class scores more than on the baseline, to within the tolerance.
  @Test func sharesAreComplete() throws {
    let input = try ExampleClassifier.explained()
    let blank = Tensor(input.input.tensor.shape, [Float](repeating: 0, count: input.input.tensor.count))
    let difference = try zip(input.logits, input.classifier.logits(of: blank)).map { Double($0) - Double($1) }
    let result = try IntegratedGradients(steps: 16, reduction: .signed).explain(input, classes: [1, 4])
    for explanation in result.explanations {
      let total = try #require(explanation.map).values.reduce(0.0) { $0 + Double($1) }
      let expected = difference[explanation.classIndex]
      #expect(abs(total - expected) <= 0.0101 * abs(expected), "\(total) for \(expected)")
    }
    #expect(result.record.notes.count == 2)
  }

  /// Behind an average and a linear layer, the mean gradient of a channel is its weight over the number of places.
  @Test func equalsClassActivationMapping() throws {
    let input = try ExampleClassifier.explained()
    let layer = try input.classifier.layers.choose("auto", hook: nil).layer
    let classes = Array(0..<input.classifier.classCount)
    let cam = try CAM(layer: layer).explain(input, classes: classes)
    let gradCAM = try GradientCAM(layer: layer, weighting: .gradCAM).explain(input, classes: classes)
    for (left, right) in zip(cam.explanations, gradCAM.explanations) {
      let (weights, slopes) = (try #require(left.channels?.weights), try #require(right.channels?.weights))
      let places = Double(layer.shape[2] * layer.shape[3])
      let largest = weights.reduce(0) { max($0, abs($1)) }
      for (weight, slope) in zip(weights, slopes) { #expect(abs(weight - slope * places) <= 1e-5 * largest) }
      let difference = zip(left.map!.values, right.map!.values).map { abs($0 - $1) }.max() ?? 0
      #expect(difference <= 1e-5)
    }
  }
}
