package import Execution
package import GraphIR
import Tensors

/// One of two graphs whose values are matched, without the nodes that only pass values on.
package struct MatchSide {
  package let session: Session

  /// The nodes that run and make something, in order.
  package let nodes: [Int]

  /// For each value the one that it is a copy of; itself for most.
  private let sources: [ValueID]

  /// For each value the nodes among `nodes` that read it or a copy of it, in order.
  private let readers: [ValueID: [Int]]

  package var graph: Graph { session.graph }

  package init(_ session: Session) {
    let graph = session.graph
    var sources = graph.values.indices.map { ValueID($0) }
    var nodes: [Int] = []
    var readers: [ValueID: [Int]] = [:]
    for index in session.plan().nodes {
      let node = graph.nodes[index]
      if let source = MatchSide.copiedValue(by: node, in: graph), case let output?? = node.outputs.first {
        sources[output.index] = sources[source.index]
        continue
      }
      nodes.append(index)
      for case let input? in node.inputs where readers[sources[input.index]]?.last != index {
        readers[sources[input.index], default: []].append(index)
      }
    }
    self.session = session
    self.nodes = nodes
    self.sources = sources
    self.readers = readers
  }

  /// What a value is a copy of.
  package func source(of value: ValueID) -> ValueID { sources[value.index] }

  /// The nodes that read a value or a copy of it.
  func readers(of value: ValueID) -> [Int] { readers[source(of: value)] ?? [] }

  /// The inputs of a node that differ from run to run, by their place among all.
  func runtimeInputs(of node: Int) -> [(place: Int, value: ValueID)] {
    graph.nodes[node].inputs.enumerated().compactMap { place, input in
      guard let input, session.constant(input) == nil else { return nil }
      return (place, source(of: input))
    }
  }

  /// The inputs of a node that are known before a run, by their place among all.
  func constants(of node: Int) -> [Int: Tensor] {
    var tensors: [Int: Tensor] = [:]
    for (place, input) in graph.nodes[node].inputs.enumerated() {
      if let tensor = input.flatMap({ session.constant($0) }) { tensors[place] = tensor }
    }
    return tensors
  }

  /// The BatchNormalization that alone reads what a convolution makes: exporters fold it into the weights.
  func normalization(after node: Int) -> Int? {
    guard graph.nodes[node].operatorName.hasPrefix("Conv"), case let output?? = graph.nodes[node].outputs.first,
      let reader = readers(of: output).first, readers(of: output).count == 1, !graph.outputs.contains(output)
    else { return nil }
    return graph.nodes[reader].operatorName == "BatchNormalization" ? reader : nil
  }

  /// The value that a node passes on as it is, or, of a quantized model, as near as its steps allow.
  private static func copiedValue(by node: Node, in graph: Graph) -> ValueID? {
    guard node.domain.isEmpty, case let input?? = node.inputs.first else { return nil }
    switch node.operatorName {
    case "Identity": return input
    case "DequantizeLinear":
      guard let producer = graph.producers[input.index], graph.nodes[producer].operatorName == "QuantizeLinear",
        case let quantized?? = graph.nodes[producer].inputs.first
      else { return nil }
      return quantized
    default: return nil
    }
  }
}
