import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Trained models of several exporters, kept beside the checkout. What is expected was read with the onnx package.
@Suite(.enabled(if: Checkout.shared != nil, "skipped: no folder 'shared' beside the checkout"))
struct TrainedModelTests {
  struct Expectation: Sendable, CustomTestStringConvertible {
    let file: String
    let irVersion: Int
    let opset: Int
    let nodes: Int
    let initializers: Int
    /// Elements of all initializers.
    let elements: Int
    /// The sum of their magnitudes in double precision.
    let magnitude: Double
    let input: String
    let output: String
    let firstScopes: [String]
    let firstNode: String

    var testDescription: String { file }
  }

  static let expectations = [
    Expectation(
      file: "mobilenet_v2", irVersion: 7, opset: 13, nodes: 101, initializers: 108, elements: 3_487_818,
      magnitude: 306378.2314547861, input: "input", output: "prob", firstScopes: [], firstNode: "conv1"),
    Expectation(
      file: "resnet18", irVersion: 7, opset: 13, nodes: 49, initializers: 42, elements: 11_684_712,
      magnitude: 582745.0764323412, input: "input", output: "output", firstScopes: [], firstNode: "/conv1/Conv"),
    Expectation(
      file: "squeezenet1_0", irVersion: 7, opset: 13, nodes: 65, initializers: 52, elements: 1_248_424,
      magnitude: 28274.637317566703, input: "input", output: "output", firstScopes: [],
      firstNode: "/features/features.0/Conv"),
    Expectation(
      file: "squeezenet1_0_dynamo", irVersion: 10, opset: 20, nodes: 65, initializers: 54, elements: 1_248_428,
      magnitude: 29278.637317566703, input: "x", output: "view", firstScopes: ["features", "features.0", "conv2d"],
      firstNode: "node_conv2d"),
    Expectation(
      file: "squeezenet1_0_opset7", irVersion: 3, opset: 7, nodes: 65, initializers: 52, elements: 1_248_424,
      magnitude: 28274.637317566703, input: "input", output: "output", firstScopes: [],
      firstNode: "/features/features.0/Conv"),
  ]

  @Test(arguments: expectations)
  func reads(_ expected: Expectation) throws {
    let shared = try #require(Checkout.shared)
    let model = try ModelReader.read(contentsOf: "\(shared)/models/\(expected.file).onnx")
    let graph = model.graph
    #expect(model.irVersion == expected.irVersion)
    #expect(model.warnings == [])
    #expect(graph.opsets[""] == expected.opset)
    #expect(graph.nodes.count == expected.nodes)
    #expect(graph.inputs.map { graph.name(of: $0) } == [expected.input])
    #expect(graph.outputs.map { graph.name(of: $0) } == [expected.output])
    #expect(graph.nodes[0].name == expected.firstNode)
    #expect(graph.nodes[0].scopes == expected.firstScopes)
    #expect(graph.initializers.count == expected.initializers)
    #expect(graph.initializers.values.reduce(0) { $0 + $1.count } == expected.elements)
    let magnitude = graph.initializers.values.reduce(0) { $0 + self.magnitude($1) }
    // The sums differ by their order alone.
    #expect(abs(magnitude - expected.magnitude) <= 1e-9 * expected.magnitude)
  }

  private func magnitude(_ tensor: Tensor) -> Double {
    var sum = 0.0
    if tensor.elementType == .int64 {
      tensor.withElements(of: Int64.self) { for element in $0 { sum += Double(element.magnitude) } }
    } else {
      tensor.withElements(of: Float.self) { for element in $0 { sum += Double(element.magnitude) } }
    }
    return sum
  }
}
