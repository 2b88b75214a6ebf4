import Execution
import GraphIR
import Kernels
import OnnxFormat
import Regression
import Tensors
import TestSupport
import Testing

/// Three exports of one trained network, kept beside the checkout: by PyTorch's older exporter at opsets 13 and 7, and by
/// the present one with its weights in a file of their own.
@Suite(.serialized, .enabled(if: Checkout.shared != nil, "skipped: no folder 'shared' beside the checkout"))
struct TrainedModelDiffTests {
  private func read(_ name: String) throws -> Graph {
    try ModelReader.read(contentsOf: "\(Checkout.shared!)/models/\(name).onnx", limits: .default).graph
  }

  private func diff(_ a: Graph, _ b: Graph) throws -> ModelDiff {
    let pool = ThreadPool()
    var diff = try ModelDiff(
      Session(graph: a, pool: pool), Session(graph: b, pool: pool),
      tolerance: { _ in ToleranceProfile.fp32Reexport.tolerance })
    // Waves of several lengths, so that all filters see something.
    let shape = try Shape([1, 3, 227, 227])
    let elements = (0..<shape.count).map { index -> Float in
      let (fast, slow) = (Float(index % 97), Float(index / 227 % 61))
      return fast / 48 - 1 + slow / 61
    }
    let picture = Tensor(shape, elements)
    try diff.compare([a.inputs[0]: picture])
    return diff
  }

  @Test(arguments: [
    ("squeezenet1_0", "squeezenet1_0_opset7"), ("squeezenet1_0", "squeezenet1_0_dynamo"),
    ("squeezenet1_0_opset7", "squeezenet1_0_dynamo"),
  ])
  func exportsOfOneNetworkAreTheSame(_ a: String, _ b: String) throws {
    let diff = try diff(try read(a), try read(b))
    #expect(diff.isSame, "\(String(describing: diff.firstDivergence))")
    // All 26 convolutions of SqueezeNet 1.0 are in the same module of both.
    let convolutions = diff.values.filter { $0.operator == "Conv" && $0.matchedBy != "boundary" }
    #expect(convolutions.count == 26)
    #expect(diff.unmatchedNodes == [])
  }

  @Test(arguments: ["squeezenet1_0", "squeezenet1_0_dynamo"])
  func aChangedWeightIsFoundAtItsNode(_ name: String) throws {
    let other = try read(name).changingOneElement(of: "features.7.expand3x3.weight")
    let first = try #require(try diff(try read("squeezenet1_0"), other).firstDivergence)
    #expect(first.nodeA == "/features/features.7/expand3x3/Conv")
    #expect(first.originates == true)
    #expect(first.inputs?.map(\.valueA) == ["/features/features.7/squeeze_activation/Relu_output_0"])
    #expect(first.inputs?.allSatisfy(\.same) == true)
  }
}

extension Graph {
  /// The graph with 0.5 added to the first element of a weight.
  fileprivate func changingOneElement(of name: String) throws -> Graph {
    var initializers = initializers
    let weight = try #require(self.value(named: name))
    let tensor = try #require(initializers[weight])
    var elements: [Float] = tensor.elements()
    elements[0] += 0.5
    initializers[weight] = Tensor(tensor.shape, elements)
    return try Graph(
      name: self.name, values: values, inputs: inputs, outputs: outputs, initializers: initializers, nodes: nodes,
      opsets: opsets)
  }
}
