import Explain
import Foundation
import Tensors
import TestSupport
import Testing

/// The maps that libraries and numpy make of a committed network; `Fixtures/explainers/README.md` says what made them.
struct ExplainerGoldenTests {
  struct Expected: Decodable, CustomTestStringConvertible {
    let method: String
    let map: String
    let seed: UInt64?
    let parameters: [String: Double]

    var testDescription: String { method }
  }

  struct Index: Decodable {
    let picture: String
    let hook: String
    let `class`: Int
    let maps: [Expected]
  }

  static let index = try! JSONDecoder().decode(
    Index.self, from: Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("explainers/index.json"))))

  private func explain(_ expected: Expected, threads: Int = 2, batchSize: Int = 8) throws -> SaliencyMap {
    let input = try ExampleClassifier.explained(threads: threads, batchSize: batchSize)
    let method = try #require(ExplanationMethod.named(expected.method))
    let explainer = try method.explainer(
      ExplainerOptions(
        layer: try input.classifier.layers.choose(Self.index.hook, hook: .output).layer, seed: expected.seed ?? 0,
        parameters: expected.parameters))
    let result = try explainer.explain(input, classes: [Self.index.class])
    #expect(result.record.method == expected.method)
    #expect(result.record.seed == expected.seed)
    for (name, value) in expected.parameters {
      #expect(result.record.knobs[name].flatMap(Double.init) == value)
    }
    return try #require(result.explanations.first?.map)
  }

  @Test(arguments: index.maps)
  func mapEqualsTheReference(expected: Expected) throws {
    let map = try explain(expected)
    let values = try NpyFile.read(Checkout.fixture("explainers/\(expected.map)")).elements(of: Float.self)
    try #require(map.values.count == values.count)
    let difference = zip(map.values, values).map { abs($0 - $1) }.max() ?? 0
    #expect(difference <= 1e-4, "max |Δ| \(difference)")
  }

  @Test(arguments: index.maps)
  func bitsDependNeitherOnThreadsNorOnBatches(expected: Expected) throws {
    let one = try explain(expected, threads: 1, batchSize: 1)
    #expect(try explain(expected, threads: 3, batchSize: 32) == one)
  }
}
