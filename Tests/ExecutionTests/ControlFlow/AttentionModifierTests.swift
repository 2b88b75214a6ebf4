import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// One query of zero on two keys, so that all scores are 0 and the probabilities are ½ where nothing modifies them. The
/// expected values are by hand.
@Suite("Graphs that modify an attention")
struct AttentionModifierTests {
  private func attend(score: Graph? = nil, probability: Graph? = nil) throws -> [Float] {
    var attributes: [String: Attribute] = [:]
    attributes["score_mod"] = score.map { .graph($0) }
    attributes["prob_mod"] = probability.map { .graph($0) }
    let ids = (0..<5).map { ValueID($0) }
    let graph = try Graph(
      name: "attention", values: ["Q", "K", "V", "factor", "Y"].map { Value(name: $0, declared: nil) },
      inputs: Array(ids[..<4]), outputs: [ids[4]], initializers: [:],
      nodes: [
        Node(
          name: "attend", domain: "ai.onnx.preview", operatorName: "FlexAttention", inputs: Array(ids[..<3]),
          outputs: [ids[4]], attributes: attributes)
      ], opsets: ["": 26, "ai.onnx.preview": 1])
    let results = try Session(graph: graph, pool: ThreadPool(threadCount: 2)).run([
      ids[0]: Tensor(try Shape([1, 1, 1, 1]), [Float(0)]), ids[1]: Tensor(try Shape([1, 1, 2, 1]), [Float(1), 1]),
      ids[2]: Tensor(try Shape([1, 1, 2, 1]), [Float(2), 4]), ids[3]: Tensor(scalar: Float(3)),
    ])
    return results[ids[4]]!.elements(of: Float.self)
  }

  /// A graph of one node on `x` and a constant.
  private func modifier(_ name: String, _ constant: Tensor) throws -> Graph {
    try Graph(
      [(name, ["x", "c"], ["y"], [:])], inputs: ["x": nil], outputs: ["y"], initializers: ["c": constant], opset: 26)
  }

  @Test("Scores and probabilities")
  func values() throws {
    #expect(try attend() == [3])
    let masking = try modifier("Add", Tensor(try Shape([2]), [-Float.infinity, 0]))
    #expect(try attend(score: masking) == [4])
    let doubling = try modifier("Mul", Tensor(scalar: Float(2)))
    #expect(try attend(probability: doubling) == [6])
    #expect(try attend(score: masking, probability: doubling) == [8])
  }

  @Test("A value from outside")
  func outerValue() throws {
    let scaling = try Graph(
      name: "scaling", values: ["x", "factor", "y"].map { Value(name: $0, declared: nil) }, inputs: [ValueID(0)],
      outputs: [ValueID(2)], initializers: [:], outerValues: [ValueID(1)],
      nodes: [Node(name: "scale", operatorName: "Mul", inputs: [ValueID(0), ValueID(1)], outputs: [ValueID(2)])],
      opsets: ["": 26])
    #expect(try attend(probability: scaling) == [9])
  }

  @Test("Graphs that change the shape or the type, or take more than the scores")
  func refused() throws {
    let growing = try modifier("Add", Tensor(try Shape([2, 1, 1, 1]), [Float(0), 0]))
    let comparing = try modifier("Equal", Tensor(scalar: Float(0)))
    let two = try Graph(
      [("Add", ["x", "z"], ["y"], [:])], inputs: ["x": nil, "z": nil], outputs: ["y"], opset: 26)
    for graph in [growing, comparing, two] {
      #expect(throws: ExecutionError.self) { try attend(score: graph) }
      #expect(throws: ExecutionError.self) { try attend(probability: graph) }
    }
  }
}
