import Execution
import Explain
import Foundation
import Imaging
import Kernels
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Trained networks against PyTorch's autograd and pytorch-grad-cam; `Fixtures/explainers/README.md` says how.
@Suite(.enabled(if: Checkout.shared != nil, "the trained models are not beside the checkout"))
struct TrainedExplainerTests {
  struct Case: Decodable, CustomTestStringConvertible {
    let model: String
    let hook: String
    let `class`: Int
    let gradCAM: [Float]
    let ablationWeights: [Double]?

    var testDescription: String { model }
  }

  struct Index: Decodable {
    let input: String
    let cases: [Case]
  }

  static let index = try! JSONDecoder().decode(
    Index.self, from: Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("explainers/trained.json"))))

  private func input(of model: String) throws -> ExplainedInput {
    let shared = try #require(Checkout.shared)
    let graph = try ModelReader.read(contentsOf: "\(shared)/models/\(model).onnx").graph
    let image = try ImageInput(of: graph)
    let tensor = try NpyFile.read("\(shared)/expected/\(Self.index.input)")
    let classifier = try Classifier(
      session: try Session(graph: graph, pool: ThreadPool(threadCount: 2)), input: image.value,
      inputShape: tensor.shape, layout: image.layout)
    return ExplainedInput(NetworkInput(tensor: tensor), of: classifier)
  }

  /// Behind an average and linear layers the class activation map and Grad-CAM are the same but for a factor.
  @Test(arguments: index.cases)
  func classActivationsAreGradCAM(expected: Case) throws {
    let input = try input(of: expected.model)
    let layer = try input.classifier.layers.choose(expected.hook, hook: .output).layer
    let map = try #require(try CAM(layer: layer).explain(input, classes: [expected.class]).explanations[0].map)
    let (height, width) = (layer.shape[2], layer.shape[3])
    let reference = SaliencyMap(width: width, height: height, values: expected.gradCAM)
      .resized(width: map.width, height: map.height)
    #expect(correlation(map.values, reference.values) >= 0.9999)
  }

  @Test(arguments: index.cases.filter { $0.ablationWeights != nil })
  func ablationWeightsEqualTheLibrary(expected: Case) throws {
    let input = try input(of: expected.model)
    let layer = try input.classifier.layers.choose(expected.hook, hook: .output).layer
    let found = try AblationCAM(layer: layer).explain(input, classes: [expected.class]).explanations[0]
    let weights = try #require(found.channels?.weights)
    let reference = try #require(expected.ablationWeights)
    try #require(weights.count == reference.count)
    let largest = reference.lazy.map(abs).max() ?? 0
    for (left, right) in zip(weights, reference) { #expect(abs(left - right) <= 1e-4 * largest) }
  }

  /// Pearson's.
  private func correlation(_ left: [Float], _ right: [Float]) -> Double {
    let count = Double(left.count)
    let (meanL, meanR) = (left.reduce(0) { $0 + Double($1) } / count, right.reduce(0) { $0 + Double($1) } / count)
    var (lr, ll, rr) = (0.0, 0.0, 0.0)
    for (l, r) in zip(left, right) {
      lr += (Double(l) - meanL) * (Double(r) - meanR)
      ll += (Double(l) - meanL) * (Double(l) - meanL)
      rr += (Double(r) - meanR) * (Double(r) - meanR)
    }
    return lr / (ll * rr).squareRoot()
  }
}
