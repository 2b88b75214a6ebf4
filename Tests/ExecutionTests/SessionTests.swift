import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

struct SessionTests {
  private let pool = ThreadPool(threadCount: 2)

  private func vector(_ values: Float...) throws -> Tensor { Tensor(try Shape([values.count]), values) }

  @Test func runsNodesInOrder() throws {
    let graph = try Graph([("Relu", ["x"], ["a"]), ("Identity", ["a"], ["b"])], outputs: ["b"])
    let session = try Session(graph: graph, pool: pool)
    let results = try session.run([graph.inputs[0]: vector(-1, 2)])
    #expect(results[graph.outputs[0]]?.elements(of: Float.self) == [0, 2])
  }

  @Test func givesAnyValueThatIsAskedFor() throws {
    let graph = try Graph([("Relu", ["x"], ["a"]), ("Identity", ["a"], ["b"])], outputs: ["b"])
    let session = try Session(graph: graph, pool: pool)
    let wanted = ["x", "a", "b"].map { graph.value(named: $0)! }
    let results = try session.run([graph.inputs[0]: vector(-1, 2)], plan: session.plan(fetching: wanted))
    #expect(results[wanted[0]]?.elements(of: Float.self) == [-1, 2])
    #expect(results[wanted[1]]?.elements(of: Float.self) == [0, 2])
  }

  @Test func runsOnlyWhatIsWanted() throws {
    // The second branch cannot run on a vector, and nobody asks for it.
    let graph = try Graph(
      [("Relu", ["x"], ["a"], [:]), ("Concat", ["x"], ["b"], ["axis": .int(7)])], inputs: ["x": nil], outputs: ["a"])
    let session = try Session(graph: graph, pool: pool)
    #expect(try session.run([graph.inputs[0]: vector(1)]).count == 1)
  }

  @Test func foldsWhatConstantsAloneMake() throws {
    let graph = try Graph(
      [("Identity", ["w"], ["v"], [:]), ("Concat", ["x", "v"], ["y"], ["axis": .int(0)])], inputs: ["x": nil],
      outputs: ["y"], initializers: ["w": vector(5)])
    let session = try Session(graph: graph, pool: pool)
    #expect(session.foldedNodeCount == 1)
    let results = try session.run([graph.inputs[0]: vector(1)])
    #expect(results[graph.outputs[0]]?.elements(of: Float.self) == [1, 5])
  }

  @Test func listsAllNodesThatCannotRun() throws {
    let graph = try Graph(
      [("Relu", ["x"], ["a"]), ("Nonsense", ["a"], ["b"]), ("Gibberish", ["b"], ["c"])], outputs: ["c"])
    let error = #expect(throws: ExecutionError.self) { try Session(graph: graph, pool: pool) }
    #expect(error?.kind == .unsupported)
    #expect(error?.nodes.map(\.operatorName) == ["Nonsense", "Gibberish"])
    #expect(error?.nodes.map(\.node) == ["nb", "nc"])
    #expect(error?.description.contains("Gibberish node 'nc', opset 13") == true)
  }

  @Test func namesTheNodeThatFails() throws {
    let graph = try Graph([("Concat", ["x"], ["b"], ["axis": .int(7)])], inputs: ["x": nil], outputs: ["b"])
    let session = try Session(graph: graph, pool: pool)
    let error = #expect(throws: ExecutionError.self) { try session.run([graph.inputs[0]: vector(1)]) }
    #expect(error?.nodes.first?.node == "nb")
  }

  @Test func checksInputsAgainstWhatIsDeclared() throws {
    let type = DeclaredType(elementType: .float32, dimensions: [.symbolic("N"), .fixed(2)])
    let graph = try Graph([("Relu", ["x"], ["a"], [:])], inputs: ["x": type], outputs: ["a"])
    let session = try Session(graph: graph, pool: pool)
    let input = graph.inputs[0]
    #expect(try session.run([input: Tensor(Shape([5, 2]), [Float](repeating: 1, count: 10))]).count == 1)
    let shape = #expect(throws: ExecutionError.self) {
      try session.run([input: Tensor(Shape([1, 3]), [Float](repeating: 1, count: 3))])
    }
    #expect(shape?.kind == .mismatched)
    #expect(shape?.description.contains("'x'") == true)
    #expect(throws: ExecutionError.self) {
      try session.run([input: Tensor(Shape([1, 2]), [1.0, 2.0] as [Double])])
    }
    #expect(throws: ExecutionError.self) { try session.run([:]) }
  }

  @Test func stopsAtTheMemoryLimit() throws {
    let graph = try Graph([("Relu", ["x"], ["a"])], outputs: ["a"])
    let session = try Session(graph: graph, pool: pool, memoryLimit: 1000)
    let error = #expect(throws: ExecutionError.self) {
      try session.run([graph.inputs[0]: Tensor(Shape([1000]), [Float](repeating: 1, count: 1000))])
    }
    #expect(error?.kind == .resourceLimit)
  }

  @Test func freesValuesAtTheirLastUse() throws {
    let chain = (0..<20).map { ("Relu", [$0 == 0 ? "x" : "v\($0 - 1)"], ["v\($0)"]) }
    let graph = try Graph(chain, outputs: ["v19"])
    let session = try Session(graph: graph, pool: pool)
    let allocator = TensorAllocator()
    let input = Tensor(try Shape([100_000]), [Float](repeating: 1, count: 100_000))
    _ = try session.run([graph.inputs[0]: input], allocator: allocator)
    // One value being read and one being written at a time.
    #expect(allocator.peakBytes < 3 * 400_000)
  }
}
