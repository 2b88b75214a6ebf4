import Explain
import GraphIR
import Tensors
import TestSupport
import Testing

struct ClassifierHeadTests {
  private func head(_ nodes: [TestNode], output: String, shape: [Int] = [1, 4]) throws -> (ClassifierHead, String) {
    let graph = try Graph(nodes, inputs: ["x": nil], outputs: [output])
    let shape = try Shape(shape)
    let head = ClassifierHead(of: graph, output: graph.outputs[0], shape: { _ in shape })
    return (head, graph.name(of: head.logits))
  }

  @Test(arguments: [
    ("Softmax", ClassifierHead.Kind.softmax), ("LogSoftmax", .logSoftmax), ("Sigmoid", .sigmoid),
  ])
  func findsWhatLeadsToProbabilities(operatorName: String, kind: ClassifierHead.Kind) throws {
    let (head, logits) = try head(
      [("Relu", ["x"], ["f"], [:]), (operatorName, ["f"], ["p"], [:]), ("Flatten", ["p"], ["y"], [:])], output: "y")
    #expect(head.kind == kind)
    #expect(logits == "f")
  }

  @Test func logitsStayLogits() throws {
    let (head, logits) = try head([("Relu", ["x"], ["f"], [:]), ("Flatten", ["f"], ["y"], [:])], output: "y")
    #expect(head.kind == .logits)
    #expect(logits == "y")
  }

  @Test func aSoftmaxOverAnotherAxisIsNoHead() throws {
    let (head, logits) = try head(
      [("Softmax", ["x"], ["y"], ["axis": .int(-1)])], output: "y", shape: [1, 4, 1, 1])
    #expect(head.kind == .logits)
    #expect(logits == "y")
  }

  /// e^1 / (e^1 + e^2 + e^3) and so on, and 1 / (1 + e^-1), by hand.
  @Test func probabilitiesFollowFromLogits() throws {
    let (softmax, _) = try head([("Relu", ["x"], ["y"], [:])], output: "y")
    let probabilities = softmax.probabilities(of: [1, 2, 3])
    #expect(abs(probabilities[0] - 0.09003057) < 1e-8)
    #expect(abs(probabilities[2] - 0.66524096) < 1e-8)
    #expect(softmax.probabilities(of: [1000, 0])[0] == 1)
    let (sigmoid, _) = try head([("Sigmoid", ["x"], ["y"], [:])], output: "y")
    #expect(abs(sigmoid.probabilities(of: [1])[0] - 0.7310585786) < 1e-9)
  }

  @Test func rankingPutsLowerIndicesFirstAmongEquals() throws {
    let (head, _) = try head([("Relu", ["x"], ["y"], [:])], output: "y")
    #expect(ClassRanking(logits: [1, 3, 3, 2], head: head).order == [1, 2, 3, 0])
    #expect(ClassRanking(logits: [1, 3, 3, 2], head: head).top(9).count == 4)
  }
}
