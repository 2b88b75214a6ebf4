import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Execution

@Suite("Plain nodes in one pass")
struct PointwiseGroupTests {
  /// x · W + b, and GELU as exporters before operator set 20 write it down.
  private func sketch(_ input: String, to output: String, shape: [Int], into sketch: inout NetworkSketch) {
    let width = shape.last!
    sketch.constant("w_\(output)", Tensor.noise(width, width, seed: 4))
    sketch.constant("b_\(output)", noise(width, seed: 5))
    sketch.constant("root_\(output)", Tensor(.scalar, [Float(2).squareRoot()]))
    sketch.constant("one_\(output)", Tensor(.scalar, [1 as Float]))
    sketch.constant("half_\(output)", [0.5])
    sketch.add("MatMul", input, "w_\(output)", to: "p_\(output)")
    sketch.add("Add", "b_\(output)", "p_\(output)", to: "s_\(output)")
    sketch.add("Div", "s_\(output)", "root_\(output)", to: "d_\(output)")
    sketch.add("Erf", "d_\(output)", to: "e_\(output)")
    sketch.add("Add", "e_\(output)", "one_\(output)", to: "f_\(output)")
    sketch.add("Mul", "s_\(output)", "f_\(output)", to: "m_\(output)")
    sketch.add("Mul", "m_\(output)", "half_\(output)", to: output)
  }

  @Test("GELU with a bias runs as one, with the plain nodes' bits", arguments: [[7, 24], [5, 6, 24]])
  func gelu(shape: [Int]) throws {
    var network = NetworkSketch()
    sketch("x", to: "y", shape: shape, into: &network)
    sketch("y", to: "z", shape: shape, into: &network)
    let check = try NetworkCheck(network.graph(outputs: ["z"]), image: shape, images: 3)
    let program = try check.network().program()
    #expect(program.stepDescriptions.map(\.kernel) == [.plain, .pointwise, .plain, .pointwise])
    #expect(program.stepDescriptions[1].operators == ["Add", "Div", "Erf", "Add", "Mul", "Mul"])
    #expect(try check.network().plainNodes.map(\.operatorName) == ["MatMul", "MatMul"])
    let output = check.graph.outputs[0]
    let single = check.images.rows(0..<1)
    let session = try Session(graph: check.graph, pool: NetworkCheck.pool)
    let plain = try session.run([check.graph.inputs[0]: single])[output]!
    #expect(try program.run(single)[output]!.isSame(as: plain))
    try check.expectAll()
  }

  @Test("Values that others read, or that are wanted, stay outside")
  func sharedValues() throws {
    var network = NetworkSketch()
    network.constant("c", noise(16, seed: 2))
    network.add("Add", "x", "c", to: "a")
    network.add("Erf", "a", to: "b")
    network.add("Mul", "a", "b", to: "y")
    network.add("Transpose", "b", to: "z", attributes: ["perm": .ints([0, 2, 1])])
    let check = try NetworkCheck(network.graph(outputs: ["y", "z"]), image: [9, 16])
    let operators = try check.network().program().stepDescriptions.map(\.operators)
    #expect(
      operators == [["Add"], ["Erf"], ["Transpose"], ["Mul"]]
        || operators == [["Add"], ["Erf"], ["Mul"], ["Transpose"]])
    try check.expectAll()
  }

  /// The batch is the second axis there: what fits one image does not fit several.
  @Test("Constants that several images do not repeat are added node by node")
  func batchInside() throws {
    var network = NetworkSketch()
    network.constant("places", Tensor.noise(6, 1, 8, seed: 3))
    network.add("Transpose", "x", to: "t", attributes: ["perm": .ints([1, 0, 2])])
    network.add("Add", "t", "places", to: "s")
    network.add("Erf", "s", to: "e")
    network.add("Transpose", "e", to: "y", attributes: ["perm": .ints([1, 0, 2])])
    let check = try NetworkCheck(network.graph(outputs: ["y"]), image: [6, 8], images: 3)
    #expect(try check.network().program().stepDescriptions.map(\.kernel) == [.plain, .pointwise, .plain])
    try check.expectAgreement(arithmetic: .fast)
  }

  @Test("Layers between convolutions stay layers")
  func islands() throws {
    var network = NetworkSketch()
    network.constant("two", Tensor(.scalar, [2 as Float]))
    network.convolution("x", to: "c", channels: (3, 8))
    network.add("Mul", "c", "two", to: "scaled")
    network.add("Erf", "scaled", to: "e")
    network.add("Mul", "e", "two", to: "alone")
    network.add("Erf", "alone", to: "y")
    let check = try NetworkCheck(network.graph(outputs: ["y"]), image: [3, 6, 6])
    let steps = try check.network().program().stepDescriptions
    #expect(steps.map(\.kernel) == [.fill, .direct, .store, .pointwise])
    #expect(steps.last?.operators == ["Erf", "Mul", "Erf"])
    try check.expectAll()
  }
}
