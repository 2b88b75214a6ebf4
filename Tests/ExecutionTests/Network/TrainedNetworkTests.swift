import Execution
import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Trained networks that lie beside the checkout; skipped where they do not.
@Suite(.enabled(if: Checkout.shared != nil, "the trained models are not beside the checkout"))
struct TrainedNetworkTests {
  /// On small images, which these networks take too. Extents that are no multiples of the strides leave rests.
  private func check(_ model: String, images: Int) throws -> NetworkCheck {
    let shared = try #require(Checkout.shared)
    let graph = try ModelReader.read(contentsOf: "\(shared)/models/\(model).onnx").graph
    return try NetworkCheck(graph.withoutDeclaredTypes(), image: [3, 75, 75], images: images)
  }

  static let models = ["resnet18", "mobilenet_v2", "squeezenet1_0", "squeezenet1_0_opset7", "squeezenet1_0_dynamo"]

  @Test(arguments: models)
  func everyValueAgrees(model: String) throws {
    let check = try check(model, images: 1)
    for arithmetic in CompiledNetwork.Arithmetic.allCases { try check.expectAgreement(arithmetic: arithmetic) }
  }

  @Test(arguments: ["resnet18", "mobilenet_v2", "squeezenet1_0"])
  func bitsAreTheSameHoweverTheNetworkIsRun(model: String) throws {
    let check = try check(model, images: 3)
    let values = check.allValues
    let some = [values[values.count / 4], values[values.count / 2]]
    try check.expectSameBits(fetching: [check.graph.outputs, check.graph.outputs + some])
  }
}

extension Graph {
  /// The graph without what its file says of shapes.
  func withoutDeclaredTypes() throws -> Graph {
    try Graph(
      name: name, values: values.map { Value(name: $0.name) }, inputs: inputs, outputs: outputs,
      initializers: initializers, nodes: nodes, opsets: opsets)
  }
}
