import Execution
import Foundation
import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// The suite's classifiers, whose files hold architectures and one number for all weights, with noise for weights;
/// skipped where the suite is not.
@Suite(
  .enabled(
    if: FileManager.default.fileExists(atPath: Checkout.conformance), "no suite: run scripts/conformance --fetch"))
struct LightNetworkTests {
  /// Cases, and the images' extents: where a network takes any, less than the file says.
  @Test(arguments: [
    ("bvlc_alexnet", 224), ("densenet121", 75), ("inception_v1", 224), ("inception_v2", 224), ("resnet50", 224),
    ("shufflenet", 224), ("squeezenet", 75), ("vgg19", 224), ("zfnet512", 224),
  ])
  func everyValueAgrees(name: String, extent: Int) throws {
    let file = "\(Checkout.conformance)/light/test_\(name)/model.onnx"
    let graph = try ModelReader.read(contentsOf: file).graph.withNoise().withoutDeclaredTypes()
    let check = try NetworkCheck(graph, image: [3, extent, extent], images: 1)
    for arithmetic in CompiledNetwork.Arithmetic.allCases { try check.expectAgreement(arithmetic: arithmetic) }
  }
}

extension Graph {
  /// The graph with noise for what it fills with one number.
  ///
  /// Weights are of a magnitude that keeps that of the values, variances are positive. Fills of more than four million
  /// elements, as matrices behind flattened maps are, stay as they are.
  fileprivate func withNoise() throws -> Graph {
    var initializers = initializers
    var nodes: [Node] = []
    for (index, node) in self.nodes.enumerated() {
      guard node.operatorName == "ConstantOfShape", let dimensions = node.inputs[0].flatMap({ initializers[$0] }),
        let output = node.outputs[0], let reader = consumers[output.index].first.map({ self.nodes[$0] })
      else {
        nodes.append(node)
        continue
      }
      let shape = try Shape(dimensions.elements(of: Int64.self).map(Int.init))
      guard shape.count <= 4 << 20 else {
        nodes.append(node)
        continue
      }
      let isMatrix = shape.rank > 1
      let scale = isMatrix ? 1.7 / Float(shape.count / shape[0]).squareRoot() : 0.25
      let isVariance = reader.operatorName == "BatchNormalization" && reader.inputs[4] == output
      let isFactor = reader.operatorName == "BatchNormalization" && reader.inputs[1] == output
      let offset: Float = isVariance || isFactor || reader.operatorName == "Unsqueeze" ? 1 : 0
      var elements = noise(shape.count, seed: UInt64(index))
      elements.withUnsafeMutableBufferPointer { elements in
        var index = 0
        while index < elements.count {
          elements[index] = elements[index] * scale + offset
          index &+= 1
        }
      }
      initializers[output] = Tensor(shape, elements)
    }
    return try Graph(
      name: name, values: values, inputs: inputs, outputs: outputs, initializers: initializers, nodes: nodes,
      opsets: opsets)
  }
}
