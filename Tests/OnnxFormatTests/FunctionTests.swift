import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Models with functions of their own, by `scripts/make-flow-fixtures`; what they compute is tested with the sessions.
struct FunctionTests {
  private func read(_ name: String, limits: Limits = .default) throws -> Model {
    try ModelReader.read(contentsOf: Checkout.fixture("flow/\(name).onnx"), limits: limits)
  }

  @Test func callsBecomeNodes() throws {
    let graph = try ModelReader.read(contentsOf: Checkout.fixture("models/function.onnx")).graph
    #expect(graph.nodes.map(\.operatorName) == ["Add"])
    #expect(graph.inputs.map { graph.name(of: $0) } == ["x"])
    #expect(graph.nodes[0].inputs == [graph.inputs[0], graph.inputs[0]])
    #expect(graph.nodes[0].outputs == graph.outputs)
  }

  @Test func innerNamesBeginWithTheCall() throws {
    let graph = try read("functions").graph
    // The calls have no names, so the functions' stand for them; the third call of Scaled is the second of this graph.
    let names = Set(graph.values.map(\.name))
    #expect(
      names == [
        "x", "b", "y", "z", "same", "Scaled/f", "Scaled 2/f", "Both/zero", "Both/sum", "Both/c", "Both/bounded",
        "Both/z",
        "Both/Scaled/f",
      ])
    #expect(graph.outputs.map { graph.name(of: $0) } == ["y", "z", "same"])
  }

  @Test func nodesKeepTheirFunctionsOpset() throws {
    let graph = try read("function-of-another-opset").graph
    #expect(graph.opsets[""] == 18)
    #expect(graph.nodes.map { graph.opset(of: $0) } == [11])
  }

  @Test(
    arguments: [
      ("function-calls-itself", ModelError.Code.graph, ["F", "itself"]),
      ("functions-in-a-circle", .graph, ["F", "itself"]),
      ("function-sees-its-caller", .missingValue, ["'x'", "Neg"]),
      ("function-without-its-output", .missingValue, ["'b'", "'F'"]),
      ("function-of-too-many-inputs", .graph, ["'F'", "2"]), ("deep-functions", .limit, ["maximumDepth"]),
    ] as [(String, ModelError.Code, [String])])
  func refuses(_ name: String, _ code: ModelError.Code, _ names: [String]) throws {
    let error = try #require(throws: ModelError.self) { try read(name) }
    #expect(error.code == code)
    for name in names { #expect(error.description.contains(name), "\(error) does not name \(name)") }
  }

  @Test func expansionIsBounded() throws {
    var limits = Limits()
    limits.maximumInlinedNodes = 10_000
    let nodes = try #require(throws: ModelError.self) { try read("functions-that-double", limits: limits) }
    #expect(nodes.code == .limit)
    #expect(nodes.description.contains("maximumInlinedNodes"))
    limits = Limits()
    limits.unpackingBudget = 100_000
    let bytes = try #require(throws: ModelError.self) { try read("functions-that-double", limits: limits) }
    #expect(bytes.code == .limit)
  }
}
