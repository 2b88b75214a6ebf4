import Execution
import GraphIR
import Kernels
import OnnxFormat
import Tensors
import TestSupport
import Testing

struct FlowTests {
  static let pool = ThreadPool(threadCount: 2)

  @Test(arguments: [
    "while", "for", "loops-in-a-loop", "growing-sequence", "scan-backwards", "scan-of-lengths", "constant-branch",
    "branch-on-values", "sequence-of-maps", "branches-of-one-name", "functions", "function-of-another-opset",
    "overloads",
  ])
  func givesWhatIsExpected(_ name: String) throws {
    let model = try FlowModel(name)
    let session = try Session(graph: model.graph, pool: Self.pool)
    try #require(!model.runs.isEmpty)
    for run in model.runs { try model.check(session.run(model.inputs(of: run)), of: run) }
  }

  @Test func anEndlessLoopEndsInAFault() throws {
    let model = try FlowModel("endless")
    let session = try Session(graph: model.graph, pool: Self.pool, iterationLimit: 1000)
    let error = #expect(throws: ExecutionError.self) {
      try session.run([model.graph.inputs[0]: Tensor(scalar: Float(1))])
    }
    #expect(error?.kind == .resourceLimit)
    #expect(error?.description.contains("Loop") == true)
    #expect(error?.description.contains("maximumIterations") == true)
  }

  @Test func aLoopThatIsFoldedEndsToo() throws {
    let model = try FlowModel("endless-of-constants")
    let error = #expect(throws: ExecutionError.self) {
      try Session(graph: model.graph, pool: Self.pool, iterationLimit: 1000)
    }
    #expect(error?.kind == .resourceLimit)
  }

  @Test func loopsInLoopsShareOneLimit() throws {
    let model = try FlowModel("loops-in-a-loop")
    // n rounds, in each of them n more.
    let inputs = [
      model.graph.value(named: "n")!: Tensor(scalar: Int64(10)),
      model.graph.value(named: "x")!: Tensor(scalar: Float(1)),
    ]
    #expect(try Session(graph: model.graph, pool: Self.pool, iterationLimit: 110).run(inputs).count == 1)
    let error = #expect(throws: ExecutionError.self) {
      try Session(graph: model.graph, pool: Self.pool, iterationLimit: 109).run(inputs)
    }
    #expect(error?.kind == .resourceLimit)
  }

  @Test func copyingLongSequencesCounts() throws {
    let model = try FlowModel("growing-sequence")
    let inputs = [
      model.graph.value(named: "n")!: Tensor(scalar: Int64(3000)),
      model.graph.value(named: "x")!: Tensor(scalar: Float(1)),
    ]
    let error = #expect(throws: ExecutionError.self) {
      try Session(graph: model.graph, pool: Self.pool, iterationLimit: 10_000).run(inputs)
    }
    #expect(error?.kind == .resourceLimit)
  }

  @Test func everyRunHasItsOwnLimit() throws {
    let model = try FlowModel("for")
    let session = try Session(graph: model.graph, pool: Self.pool, iterationLimit: 3)
    for _ in 0..<3 { try model.check(session.run(model.inputs(of: model.runs[0])), of: model.runs[0]) }
  }

  @Test(arguments: ["too-few-outputs", "too-many-inputs"])
  func refusesBodiesThatDoNotFit(_ name: String) throws {
    let graph = try FlowModel(name).graph
    let error = #expect(throws: ExecutionError.self) { try Session(graph: graph, pool: Self.pool) }
    #expect(error?.kind == .malformed)
    #expect(error?.description.contains("body") == true)
  }

  @Test func refusesRoundsThatDoNotStack() throws {
    let graph = try FlowModel("unlike-rounds").graph
    let session = try Session(graph: graph, pool: Self.pool)
    let error = #expect(throws: ExecutionError.self) {
      try session.run([
        graph.value(named: "n")!: Tensor(scalar: Int64(2)), graph.value(named: "x")!: Tensor(Shape([1]), [1 as Float]),
      ])
    }
    #expect(error?.kind == .mismatched)
  }

  @Test func refusesScansOfUnlikeLengths() throws {
    let graph = try FlowModel("scan-of-unlike-lengths").graph
    let session = try Session(graph: graph, pool: Self.pool)
    let error = #expect(throws: ExecutionError.self) {
      try session.run([
        graph.value(named: "a")!: Tensor(Shape([2]), [1, 2] as [Float]),
        graph.value(named: "b")!: Tensor(Shape([3]), [1, 2, 3] as [Float]),
      ])
    }
    #expect(error?.kind == .mismatched)
  }

  @Test func aFaultInABodyNamesBothNodes() throws {
    let body = try Graph([("Concat", ["i"], ["r"], ["axis": .int(7)])], inputs: ["i": nil], outputs: ["r"])
    let graph = try Graph(
      [
        ("SequenceConstruct", ["x"], ["s"], [:]), ("SequenceMap", ["s"], ["m"], ["body": .graph(body)]),
        ("SequenceLength", ["m"], ["y"], [:]),
      ], inputs: ["x": nil], outputs: ["y"], opset: 17)
    let session = try Session(graph: graph, pool: Self.pool)
    let error = #expect(throws: ExecutionError.self) {
      try session.run([graph.inputs[0]: Tensor(Shape([1]), [1 as Float])])
    }
    #expect(error?.description.contains("Concat node 'nr'") == true)
    #expect(error?.description.contains("SequenceMap node 'nm'") == true)
  }

  @Test func operatorsInBodiesAreLookedUpFirst() throws {
    let body = try Graph([("Nonsense", ["i"], ["r"], [:])], inputs: ["i": nil], outputs: ["r"])
    let graph = try Graph(
      [("SequenceMap", ["s"], ["m"], ["body": .graph(body)])], inputs: ["s": nil], outputs: ["m"], opset: 17)
    let error = #expect(throws: ExecutionError.self) { try Session(graph: graph, pool: Self.pool) }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains("Nonsense") == true)
  }

  @Test func valuesThatAreNoTensorsGoInAndOut() throws {
    let kind = DeclaredType(kind: .sequence, elementType: .float32, dimensions: nil)
    let graph = try Graph([("Identity", ["s"], ["t"], [:])], inputs: ["s": kind], outputs: ["t"], opset: 16)
    let session = try Session(graph: graph, pool: Self.pool)
    let sequence = TensorSequence(elementType: .float32, tensors: [Tensor(scalar: Float(3))])
    let results = try session.run(values: [graph.inputs[0]: .sequence(sequence)])
    guard case .sequence(let result)? = results[graph.outputs[0]] else {
      Issue.record("the result is no sequence")
      return
    }
    #expect(result.tensors.map { $0.elements(of: Float.self) } == [[3]])
    let tensor = #expect(throws: ExecutionError.self) {
      try session.run([graph.inputs[0]: Tensor(scalar: Float(3))])
    }
    #expect(tensor?.kind == .mismatched)
    #expect(tensor?.description.contains("the model takes a sequence") == true)
  }

  @Test func callersOfTensorsAreToldOfOtherValues() throws {
    let graph = try Graph([("SequenceConstruct", ["x"], ["s"])], outputs: ["s"])
    let session = try Session(graph: graph, pool: Self.pool)
    let error = #expect(throws: ExecutionError.self) { try session.run([graph.inputs[0]: Tensor(scalar: Float(3))]) }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains("'s' is a sequence") == true)
  }
}
