public import GraphIR
import Operators
import Tensors

/// What a graph consists of, as numbers.
public struct ModelSummary: Sendable {
  /// How often each operator stands in the graph.
  public struct OperatorUse: Sendable {
    public let domain: String
    public let name: String
    public let count: Int
    /// Why nodes of this operator cannot run; nil where all can.
    public let refusal: String?
  }

  /// The operators in order of their names.
  public let operators: [OperatorUse]

  /// The number of elements of all float initializers and constants.
  public let parameterCount: Int

  /// Complexity: linear in the graph's size.
  public init(of graph: Graph) {
    struct Key: Hashable {
      let domain: String
      let name: String
    }
    var counts: [Key: Int] = [:]
    var refusals: [Key: String] = [:]
    for node in graph.nodes {
      let key = Key(domain: node.domain, name: node.operatorName)
      counts[key, default: 0] += 1
      do {
        _ = try Session.makeOperator(for: node, in: graph)
      } catch {
        refusals[key] = refusals[key] ?? error.description
      }
    }
    operators = counts.map { key, count in
      OperatorUse(domain: key.domain, name: key.name, count: count, refusal: refusals[key])
    }.sorted { ($0.name, $0.domain) < ($1.name, $1.domain) }
    parameterCount = (Array(graph.initializers.values) + graph.nodes.compactMap(\.constantTensor))
      .filter { $0.elementType.isFloatingPoint }.reduce(0) { $0 + $1.count }
  }
}

extension CompiledNetwork {
  /// The multiply-accumulate steps of one image's pass, convolutions and matrix products only.
  public var multiplyAccumulates: Int {
    let shapes = shapes
    return zip(session.graph.nodes, session.operators).reduce(0) { total, pair in
      let (node, operation) = pair
      let outputs = node.outputs.compactMap { $0.flatMap { shapes[$0] } }
      guard outputs.count == node.outputs.count else { return total }
      let inputs = node.inputs.map { $0.flatMap { shapes[$0] } }
      return total.addingReportingOverflow(operation.multiplyAccumulates(inputs: inputs, outputs: outputs)).partialValue
    }
  }
}
