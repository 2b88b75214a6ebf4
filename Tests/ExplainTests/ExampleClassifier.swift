import Execution
import Explain
import Foundation
import Imaging
import Kernels
import OnnxFormat
import Tensors
import TestSupport

/// A committed network and a picture for it, ready to be explained.
enum ExampleClassifier {
  /// - Parameter preset: those that follow the MATLAB article take another picture.
  static func load(
    _ model: String = "shapes/shapes.onnx", _ picture: String = "shapes/boat.png", preset: ScoreCAMPreset? = nil,
    threads: Int = 2
  ) throws -> (Classifier, NetworkInput) {
    let path = Checkout.fixture(model)
    let graph = try ModelReader.read(contentsOf: path).graph
    let input = try ImageInput(of: graph)
    var (rule, _) = try Preprocessing.load(nil, forModel: path)
    if preset?.followsArticle == true {
      rule.resizing = .squash
      rule.cropsCenter = false
      rule.interpolation = .bicubic
    }
    rule = try rule.resolved(forInputShape: input.extents)
    let image = try rule.prepared(from: Image.decode(contentsOf: Checkout.fixture(picture)).image)
    let tensor = try rule.tensor(of: image)
    let session = try Session(graph: graph, pool: ThreadPool(threadCount: threads))
    let classifier = try Classifier(
      session: session, input: input.value, inputShape: tensor.shape, layout: input.layout)
    return (classifier, NetworkInput(tensor: tensor, picture: .init(image: image, preprocessing: rule)))
  }

  /// The same as an input of the explainers.
  static func explained(
    _ model: String = "shapes/shapes.onnx", picture: String = "shapes/boat.png", threads: Int = 2,
    batchSize: Int = 8
  ) throws -> ExplainedInput {
    let (classifier, input) = try load(model, picture, threads: threads)
    return ExplainedInput(input, of: classifier, batchSize: batchSize)
  }
}
