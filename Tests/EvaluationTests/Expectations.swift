import Execution
import Explain
import Foundation
import GraphIR
import Imaging
import Kernels
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// What `Tests/Reference/make_evaluation_goldens.py` wrote with NumPy, SciPy, onnxruntime and Pillow.
struct Expectations: Decodable {
  struct Picture: Decodable, CustomTestStringConvertible {
    let file: String
    let index: Int
    let `class`: Int
    let probability: Double
    let metrics: [String: Double]
    let sanity: [String: [Double]]?

    var testDescription: String { file }
  }

  struct Interval: Decodable {
    let values: [Double]
    let purpose: String
    let resamples: Int
    let confidence: Double
    let expected: [Double]
  }

  let model: String
  let steps: Int
  let keptPercentages: [Int]
  let pictures: [Picture]
  let seed: UInt64?
  let layers: [String]?
  let hook: String?
  let bootstrap: [Interval]?

  static func read(_ name: String) -> Expectations {
    try! JSONDecoder().decode(
      Expectations.self, from: Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("evaluation/\(name).json"))))
  }
}

/// A classifier with its pictures' preprocessing.
struct TestNetwork {
  let classifier: Classifier
  let rule: Preprocessing

  /// - Parameter rule: of pictures; nil takes what lies beside the model.
  init(_ path: String, rule: String? = nil, threads: Int = 2) throws {
    let graph = try ModelReader.read(contentsOf: path).graph
    let input = try ImageInput(of: graph)
    self.rule = try Preprocessing.load(rule, forModel: path).0.resolved(forInputShape: input.extents)
    let size = self.rule.size!
    classifier = try Classifier(
      session: Session(graph: graph, pool: ThreadPool(threadCount: threads)), input: input.value,
      inputShape: input.shape(height: size.height, width: size.width), layout: input.layout)
  }

  /// The committed network.
  static func shapes(threads: Int = 2) throws -> TestNetwork {
    try TestNetwork(Checkout.fixture("shapes/shapes.onnx"), threads: threads)
  }

  func explained(_ path: String) throws -> ExplainedInput {
    let image = try rule.prepared(from: Image.decode(contentsOf: path).image)
    return ExplainedInput(
      NetworkInput(tensor: try rule.tensor(of: image), picture: .init(image: image, preprocessing: rule)),
      of: classifier)
  }
}

/// The reference's `energy`: the mean square of a picture's channels.
struct EnergyExplainer: Explainer {
  let record = ExplainerRecord(method: "energy")

  func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let (width, height) = (input.classifier.width, input.classifier.height)
    let elements = input.input.tensor.elements(of: Float.self)
    let channels = elements.count / (width * height)
    let values = (0..<width * height).map { pixel in
      Float(
        (0..<channels).reduce(0.0) { $0 + pow(Double(elements[$1 * width * height + pixel]), 2) } / Double(channels))
    }
    let map = SaliencyMap(width: width, height: height, values: values)
    return ExplainerResult(classes.map { Explanation(classIndex: $0, map: map) }, record: record)
  }
}

/// The reference's `mean_activation`: the mean of a layer's channels.
struct MeanActivationExplainer: Explainer {
  let record = ExplainerRecord(method: "mean-activation")
  let layer: HookableLayer

  func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let activation = try input.activation(of: layer)
    let (channels, height, width) = (activation.shape[1], activation.shape[2], activation.shape[3])
    let elements = activation.elements(of: Float.self)
    let values = (0..<width * height).map { pixel in
      Float((0..<channels).reduce(0.0) { $0 + Double(elements[$1 * width * height + pixel]) } / Double(channels))
    }
    let map = SaliencyMap(width: width, height: height, values: values)
    return ExplainerResult(classes.map { Explanation(classIndex: $0, map: map) }, record: record)
  }
}
