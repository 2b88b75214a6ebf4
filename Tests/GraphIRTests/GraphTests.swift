import GraphIR
import Tensors
import TestSupport
import Testing

struct GraphTests {
  @Test func keepsTheOrderOfASortedFile() throws {
    let graph = try Graph([("B", ["x"], ["b"]), ("A", ["x"], ["a"]), ("C", ["a", "b"], ["c"])], outputs: ["c"])
    #expect(graph.nodes.map(\.operatorName) == ["B", "A", "C"])
  }

  @Test func sortsWhatIsNotSorted() throws {
    let graph = try Graph([("C", ["b"], ["c"]), ("B", ["a"], ["b"]), ("A", ["x"], ["a"])], outputs: ["c"])
    #expect(graph.nodes.map(\.operatorName) == ["A", "B", "C"])
    #expect(graph.producers[graph.value(named: "b")!.index] == 1)
    #expect(graph.consumers[graph.value(named: "a")!.index] == [1])
  }

  @Test func namesTheNodeOfACycle() {
    let error = #expect(throws: GraphError.self) {
      try Graph([("A", ["x", "b"], ["a"]), ("B", ["a"], ["b"])], outputs: ["b"])
    }
    #expect(error?.description.contains("cycle") == true)
    #expect(error?.node == "na")
  }

  @Test func refusesAValueMadeTwice() {
    let error = #expect(throws: GraphError.self) {
      try Graph([("A", ["x"], ["a"]), ("B", ["x"], ["a"])], outputs: ["a"])
    }
    #expect(error?.value == "a")
  }

  @Test func refusesANodeThatMakesAnInput() {
    #expect(throws: GraphError.self) { try Graph([("A", ["x"], ["x"])], outputs: ["x"]) }
  }

  @Test func refusesAValueThatNobodyMakes() {
    let error = #expect(throws: GraphError.self) { try Graph([("A", ["x", "y"], ["a"])], outputs: ["a"]) }
    #expect(error?.value == "y")
    #expect(throws: GraphError.self) { try Graph([("A", ["x"], ["a"])], outputs: ["z"]) }
  }

  @Test func outputsMayBeInputsOrInitializers() throws {
    let graph = try Graph([], outputs: ["x", "w"], initializers: ["w": Tensor(scalar: Float(0))])
    #expect(graph.outputs.map { graph.name(of: $0) } == ["x", "w"])
  }

  @Test func labelsNodesWithoutNames() throws {
    let graph = try Graph([("A", ["x"], ["a"])], outputs: ["a"])
    let node = Node(name: "", operatorName: "Conv", inputs: [], outputs: [graph.value(named: "a")])
    #expect(graph.label(of: node) == "Conv → a")
  }
}
