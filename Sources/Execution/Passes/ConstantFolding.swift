import GraphIR
import Operators
import Tensors

extension Session {
  /// From how many bytes on a folded value is large.
  static let largeFoldedValue = 64 << 20

  /// The most bytes that large folded values may take in all: what is beyond is made anew in each run.
  static let largeFoldedBytes = 1 << 30

  /// The values that are the same in every run: the initializers, and what nodes make of constants alone.
  ///
  /// This also looks through the `Identity` nodes by which exporters share equal initializers.
  static func fold(
    graph: Graph, operators: [any Operator], context: EvaluationContext
  ) throws(ExecutionError) -> [ValueID: Tensor] {
    var constants = graph.initializers
    var largeBytes = 0
    for (node, operation) in zip(graph.nodes, operators) {
      let inputs = node.inputs.compactMap { $0 }
      guard inputs.allSatisfy({ constants[$0] != nil }), !isRandom(node) else { continue }
      let made = try evaluate(node, operation, in: graph, context: context) { constants[$0].map { .tensor($0) } }
      let outputs = made.compactMap(\.tensor)
      guard outputs.count == made.count else { continue }
      let byteCount = outputs.reduce(0) { $0 + $1.count * $1.elementType.byteCount }
      if byteCount > largeFoldedValue, node.operatorName != "Identity" {
        guard byteCount <= largeFoldedBytes - largeBytes else { continue }
        largeBytes += byteCount
      }
      for (value, tensor) in zip(node.outputs, outputs) {
        if let value { constants[value] = tensor }
      }
    }
    return constants
  }

  /// Whether a node, or one in its graphs, gives something else each time.
  static func isRandom(_ node: Node) -> Bool {
    ["RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial", "Bernoulli"]
      .contains(node.operatorName) || node.subgraphs.contains { $0.nodes.contains(where: isRandom) }
  }
}
