import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// Branches and sequences in networks of feature maps.
struct FlowNetworkTests {
  private func compiled(_ model: FlowModel) throws -> CompiledNetwork {
    try CompiledNetwork(
      Session(graph: model.graph, pool: FlowTests.pool), input: model.graph.inputs[0],
      imageShape: Shape([1, 3, 12, 12]),
      arithmetic: .precise)
  }

  @Test(arguments: ["constant-branch", "branch-on-values", "sequence-of-maps"])
  func compiledNetworksGiveWhatIsExpected(_ name: String) throws {
    let model = try FlowModel(name)
    let program = try compiled(model).program()
    try #require(!model.runs.isEmpty)
    for run in model.runs {
      try model.check(program.run(model.inputs(of: run)[model.graph.inputs[0]]!), of: run)
    }
  }

  @Test func constantBranchesBecomeLayers() throws {
    let model = try FlowModel("constant-branch")
    let network = try compiled(model)
    let graph = network.session.graph
    #expect(!graph.nodes.contains { $0.operatorName == "If" })
    // The values of the chosen branches, one in the other, can be fetched; those that were there keep their ids.
    #expect(graph.value(named: "c") != nil)
    #expect(graph.value(named: "e") != nil)
    #expect(graph.value(named: "d") == nil)
    #expect(graph.value(named: "g") == model.graph.value(named: "g"))
    #expect(network.plainNodes.map(\.operatorName) == ["Flatten"])
    let inner = try #require(graph.value(named: "c"))
    let image = try model.inputs(of: model.runs[0])[graph.inputs[0]]!
    let layer = try network.program(fetching: [inner]).run(image)[inner]
    let plain = try network.session.run([graph.inputs[0]: image], plan: network.session.plan(fetching: [inner]))[inner]
    #expect(layer?.shape.dimensions == [1, 16, 12, 12])
    for (left, right) in zip(layer!.elements(of: Float.self), plain!.elements(of: Float.self)) {
      #expect(abs(left - right) < 1e-5)
    }
  }

  @Test func aBranchThatIsNeverTakenMayBeUnsupported() throws {
    let model = try FlowModel("constant-branch-beside-nonsense")
    let session = try Session(graph: model.graph, pool: FlowTests.pool)
    #expect(!session.graph.nodes.contains { $0.operatorName == "If" || $0.operatorName == "Nonsense" })
  }

  @Test func branchesOnValuesRunImagesOneByOne() throws {
    let model = try FlowModel("branch-on-values")
    let network = try compiled(model)
    let images = try model.runs.map { try model.inputs(of: $0)[model.graph.inputs[0]]! }
    let output = model.graph.outputs[0]
    let support = try BatchSupport(probing: network, sample: images[0], fetching: [output])
    #expect(!support.isBatched)
    #expect(support.reason.contains("one by one"))
    // The first image takes one branch, the second the other.
    let results = try network.program().run(Tensor.stacked(images), imagesPerThread: 1)[output]!
    for (index, run) in model.runs.enumerated() { try model.check([output: results.rows(index..<index + 1)], of: run) }
  }

  @Test func whatABranchReadsIsALayerOfItsOwn() throws {
    // `h` is read by Relu and by a branch alone: it must not vanish in the fused layer.
    let model = try FlowModel("branch-on-values")
    let graph = model.graph
    let branching = try #require(graph.nodes.firstIndex { $0.operatorName == "If" })
    #expect(graph.consumers[graph.value(named: "h")!.index].contains(branching))
    #expect(graph.nodes[branching].ownInputCount == 1)
    #expect(Set(graph.nodes[branching].inputs.dropFirst().map { graph.name(of: $0!) }) == ["h", "r", "w2"])
  }

  @Test func namesInsideOfBodiesAreFoundForMessages() throws {
    let graph = try FlowModel("branch-on-values").graph
    #expect(graph.node(enclosing: "t")?.operatorName == "If")
    #expect(graph.node(enclosing: "h") == nil)
    #expect(graph.node(enclosing: "nowhere") == nil)
  }
}
