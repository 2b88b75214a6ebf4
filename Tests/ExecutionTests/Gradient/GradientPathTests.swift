import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// Gradients of small graphs by hand, and what is refused.
struct GradientPathTests {
  private let pool = ThreadPool(threadCount: 2)

  private func vector(_ values: Float...) throws -> Tensor { Tensor(try Shape([values.count]), values) }

  /// The gradient of one element of `score` with respect to `value`.
  private func gradient(
    _ graph: Graph, of score: String, at index: Int, by value: String, x: Tensor,
    options: GradientOptions = GradientOptions()
  ) throws -> [Float] {
    let session = try Session(graph: graph, pool: pool)
    let wanted = try #require(graph.value(named: value))
    return try session.gradients(
      of: try #require(graph.value(named: score)), at: [index], withRespectTo: [wanted], inputs: [graph.inputs[0]: x],
      options: options)[wanted]!.elements(of: Float.self)
  }

  /// z = x² + x, of which x is read three times.
  @Test func addsWhatSeveralReadersGive() throws {
    let graph = try Graph([("Mul", ["x", "x"], ["y"]), ("Add", ["y", "x"], ["z"])], outputs: ["z"])
    #expect(try gradient(graph, of: "z", at: 1, by: "x", x: vector(2, -3)) == [0, -5])
    #expect(try gradient(graph, of: "z", at: 1, by: "y", x: vector(2, -3)) == [0, 1])
    #expect(try gradient(graph, of: "z", at: 0, by: "z", x: vector(2, -3)) == [1, 0])
  }

  @Test func differentiatesByWeights() throws {
    let graph = try Graph(
      [("Identity", ["w"], ["v"]), ("Mul", ["x", "v"], ["y"])], outputs: ["y"], initializers: ["w": vector(5, 7)])
    #expect(try gradient(graph, of: "y", at: 1, by: "w", x: vector(2, -3)) == [0, -3])
  }

  @Test func takesSeveralElementsFromOnePass() throws {
    let graph = try Graph([("Exp", ["x"], ["y"]), ("Softmax", ["y"], ["z"])], outputs: ["z"])
    let session = try Session(graph: graph, pool: pool)
    let (x, y) = (graph.inputs[0], graph.value(named: "y")!)
    let plan = try GradientPlan(session, of: y, withRespectTo: [x])
    #expect(plan.nodes == [0])
    let tape = try session.record([x: vector(0, 0)], for: plan)
    for index in 0..<2 {
      let gradient = try tape.gradients(seed: tape.seed([index]))[x]!
      #expect(gradient.elements(of: Float.self) == [index == 0 ? 1 : 0, index == 1 ? 1 : 0])
    }
    #expect(throws: ExecutionError.self) { try tape.seed([2]) }
    #expect(throws: ExecutionError.self) { try tape.seed([0, 0]) }
  }

  /// Each image of a batch gets the gradient of its own element.
  @Test func seedsEachImage() throws {
    let graph = try Graph([("Mul", ["x", "x"], ["y"])], outputs: ["y"])
    let session = try Session(graph: graph, pool: pool)
    let x = graph.inputs[0]
    let batch = Tensor(try Shape([2, 2]), [Float(1), 2, 3, 4])
    let plan = try GradientPlan(session, of: graph.outputs[0], withRespectTo: [x])
    let tape = try session.record([x: batch], for: plan)
    #expect(try tape.gradients(seed: tape.seed([1]))[x]!.elements(of: Float.self) == [0, 4, 0, 8])
    #expect(try tape.gradients(seed: tape.seed([1, 0]))[x]!.elements(of: Float.self) == [0, 0, 6, 0])
  }

  @Test func guidesByTheGradientsSign() throws {
    let graph = try Graph(
      [("Relu", ["x"], ["r"]), ("Mul", ["r", "w"], ["y"]), ("ReduceSum", ["y"], ["z"])], outputs: ["z"],
      initializers: ["w": vector(2, -3, 4)])
    let x = try vector(1, 1, -1)
    #expect(try gradient(graph, of: "z", at: 0, by: "x", x: x) == [2, -3, 0])
    let guided = GradientOptions(rectification: .guided)
    #expect(try gradient(graph, of: "z", at: 0, by: "x", x: x, options: guided) == [2, 0, 0])
  }

  @Test func refusesWhatHasNoDerivative() throws {
    let graph = try Graph(
      [("Round", ["x"], ["r"]), ("Exp", ["r"], ["y"]), ("Floor", ["y"], ["z"]), ("Relu", ["x"], ["a"])],
      outputs: ["z", "a"])
    let error = #expect(throws: ExecutionError.self) {
      try gradient(graph, of: "z", at: 0, by: "x", x: vector(1, 2))
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.nodes.map(\.operatorName) == ["Round", "Floor"])
    #expect(error?.description.contains("Round node 'nr', opset 13") == true)
    #expect(error?.description.contains("2 of the 4 nodes of the model let no gradient pass") == true)
    // Neither is between these.
    #expect(try gradient(graph, of: "a", at: 0, by: "x", x: vector(1, 2)) == [1, 0])
    #expect(try gradient(graph, of: "y", at: 0, by: "r", x: vector(0, 2)) == [1, 0])
  }

  /// The value lies inside of the node's graphs; what it says names the node and a way out.
  @Test(arguments: [("branch-on-values", "If", "condition"), ("for", "Loop", "turns"), ("while", "Loop", "turns")])
  func refusesGraphsInNodes(_ name: String, _ operatorName: String, _ remedy: String) throws {
    let graph = try FlowModel(name).graph
    let session = try Session(graph: graph, pool: pool)
    let x = try #require(graph.value(named: "x"))
    let error = #expect(throws: ExecutionError.self) {
      try GradientPlan(session, of: graph.outputs[0], withRespectTo: [x])
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.nodes.map(\.operatorName).contains(operatorName) == true)
    #expect(error?.description.contains(remedy) == true)
  }

  @Test func namesWhatCutsAllPaths() throws {
    let graph = try Graph(
      [
        ("ArgMax", ["x"], ["i"], [:]), ("Cast", ["i"], ["f"], ["to": .int(1)]), ("Exp", ["f"], ["y"], [:]),
        ("Shape", ["x"], ["s"], [:]), ("ConstantOfShape", ["s"], ["o"], [:]),
      ], inputs: ["x": nil], outputs: ["y", "o"])
    let error = #expect(throws: ExecutionError.self) {
      try gradient(graph, of: "y", at: 0, by: "x", x: vector(1, 2))
    }
    #expect(error?.nodes.map(\.operatorName) == ["ArgMax"])
    #expect(throws: ExecutionError.self) { try gradient(graph, of: "o", at: 0, by: "x", x: vector(1, 2)) }
    let unrelated = #expect(throws: ExecutionError.self) {
      try gradient(graph, of: "o", at: 0, by: "y", x: vector(1, 2))
    }
    #expect(unrelated?.kind == .mismatched)
  }

  /// Indices and conditions are made of the input too; gradients go the other way round them.
  @Test func passesByIndices() throws {
    let graph = try Graph(
      [
        ("Greater", ["x", "c"], ["m"], [:]), ("Exp", ["x"], ["e"], [:]), ("Where", ["m", "e", "x"], ["y"], [:]),
        ("ArgMax", ["y"], ["i"], ["axis": .int(0)]), ("Gather", ["y", "i"], ["z"], [:]),
      ], inputs: ["x": nil], outputs: ["z"], initializers: ["c": vector(5)])
    #expect(try gradient(graph, of: "z", at: 0, by: "x", x: vector(1, 3)) == [0, 1])
  }

  @Test func goesStraightThroughRoundingOnRequest() throws {
    let graph = try Graph(
      [("QuantizeLinear", ["x", "s"], ["q"]), ("DequantizeLinear", ["q", "s"], ["d"]), ("Mul", ["d", "d"], ["y"])],
      outputs: ["y"], initializers: ["s": Tensor(scalar: Float(0.5))])
    let error = #expect(throws: ExecutionError.self) {
      try gradient(graph, of: "y", at: 0, by: "x", x: vector(1.1, 2))
    }
    #expect(error?.nodes.map(\.operatorName) == ["QuantizeLinear"])
    #expect(error?.description.contains("straight-through") == true)
    let options = GradientOptions(rounding: .straightThrough)
    #expect(try gradient(graph, of: "y", at: 0, by: "x", x: vector(1.1, 2), options: options) == [2, 0])
    // Clamped below 0, where unsigned codes end.
    #expect(try gradient(graph, of: "y", at: 0, by: "x", x: vector(-3, 2), options: options) == [0, 0])
  }

  @Test func endsAtTheMemoryLimit() throws {
    let graph = try Graph([("Exp", ["x"], ["y"]), ("Exp", ["y"], ["z"])], outputs: ["z"])
    let session = try Session(graph: graph, pool: pool, memoryLimit: 10_000)
    let x = Tensor(try Shape([1, 1000]), [Float](repeating: 0, count: 1000))
    let error = #expect(throws: ExecutionError.self) {
      try session.gradients(
        of: graph.outputs[0], at: [0], withRespectTo: [graph.inputs[0]], inputs: [graph.inputs[0]: x])
    }
    #expect(error?.kind == .resourceLimit)
  }
}
