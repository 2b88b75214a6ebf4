import Execution
import Explain
import GraphIR
import Kernels
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Layers of trained networks that lie beside the checkout; skipped where they do not.
@Suite(.enabled(if: Checkout.shared != nil, "the trained models are not beside the checkout"))
struct TrainedModelLayerTests {
  private func classifier(_ name: String) throws -> Classifier {
    let shared = try #require(Checkout.shared)
    let graph = try ModelReader.read(contentsOf: "\(shared)/models/\(name).onnx").graph
    let input = try ImageInput(of: graph)
    return try Classifier(
      session: Session(graph: graph, pool: ThreadPool()), input: input.value,
      inputShape: input.shape(height: 224, width: 224), layout: input.layout)
  }

  @Test(arguments: [("resnet18", 20), ("squeezenet1_0", 26), ("mobilenet_v2", 53)])
  func everyConvolutionIsFoundByItsName(model: String, convolutions: Int) throws {
    let layers = try classifier(model).layers
    let found = layers.layers.filter { $0.operatorName == "Conv" }
    #expect(found.count == convolutions)
    for layer in found {
      #expect(try layers.choose(layers.graph.nodes[layer.node].name, hook: .output).layer.value == layer.value)
    }
  }

  /// The same module in three exports of one network; the values' names are those that PyTorch's exporters gave.
  @Test(arguments: [
    ("squeezenet1_0", "/features/features.12/Concat_output_0"),
    ("squeezenet1_0_opset7", "/features/features.12/Concat_output_0"), ("squeezenet1_0_dynamo", "cat_7"),
  ])
  func aModuleIsFoundInEveryExport(model: String, value: String) throws {
    #expect(try classifier(model).layers.choose("features.12", hook: nil).layer.valueName == value)
  }

  @Test(arguments: [
    ("resnet18", "/layer4/layer4.1/relu_1/Relu"), ("squeezenet1_0", "/classifier/classifier.2/Relu"),
    ("mobilenet_v2", "conv52_relu6"),
  ])
  func theAutomaticLayerIsTheLastFeatureMap(model: String, node: String) throws {
    #expect(try classifier(model).layers.choose("auto", hook: nil).layer.label == node)
  }

  @Test(arguments: [
    ("resnet18", ClassifierHead.Kind.logits), ("squeezenet1_0_dynamo", .logits), ("mobilenet_v2", .softmax),
  ])
  func headsAreFound(model: String, kind: ClassifierHead.Kind) throws {
    #expect(try classifier(model).head.kind == kind)
  }

  /// Exported for one image, and yet run in batches.
  @Test(arguments: ["mobilenet_v2", "squeezenet1_0_opset7"])
  func fixedBatchesAreRelaxed(model: String) throws {
    #expect(try classifier(model).batchSupport.isBatched)
  }
}
