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

  /// What all readers of a value get: of a value that only QuantizeLinear reads the tensor behind DequantizeLinear, and
  /// else the value itself. Where quantizers have taken a Clip or Relu away, the range of the steps does its work, and the
  /// value before them is another one.
  func delivered(_ value: ValueID) -> ValueID {
    func onlyReader(of value: ValueID, _ name: String) -> ValueID? {
      guard graph.consumers[value.index].count == 1, !graph.outputs.contains(value) else { return nil }
      let node = graph.nodes[graph.consumers[value.index][0]]
      return node.operatorName == name && node.inputs.first == value ? node.outputs.first ?? nil : nil
    }
    guard let quantized = onlyReader(of: value, "QuantizeLinear"),
      let result = onlyReader(of: quantized, "DequantizeLinear"), self.source(of: result) == value
    else { return value }
    return result
  }

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
    guard graph.nodes[node].operatorName.hasPrefix("Conv"), let reader = onlyReader(of: node) else { return nil }
    return graph.nodes[reader].operatorName == "BatchNormalization" ? reader : nil
  }

  /// The Relu or Clip that alone reads what a node makes: quantizers take it away where the range of the steps does its
  /// work.
  func activation(after node: Int) -> Int? {
    onlyReader(of: node).flatMap { family($0) == "Relu" ? $0 : nil }
  }

  /// The node before a Relu or Clip that alone reads what it makes.
  func node(activatedBy activation: Int) -> Int? {
    guard family(activation) == "Relu", case let input?? = graph.nodes[activation].inputs.first else { return nil }
    return graph.producers[source(of: input).index].flatMap { self.activation(after: $0) == activation ? $0 : nil }
  }

  func family(_ node: Int) -> String { graph.nodes[node].family }

  /// Whether all readers get what a node makes in steps.
  func quantizes(_ node: Int) -> Bool {
    guard case let output?? = graph.nodes[node].outputs.first else { return false }
    return delivered(output) != output
  }

  /// Whether a node makes the steps of which DequantizeLinear alone makes numbers again: part of a pair that is looked
  /// through.
  func beginsSteps(_ node: Int) -> Bool {
    guard graph.nodes[node].operatorName == "QuantizeLinear", case let steps?? = graph.nodes[node].outputs.first else {
      return false
    }
    return graph.consumers[steps.index].allSatisfy { graph.nodes[$0].operatorName == "DequantizeLinear" }
  }

  /// The one node that reads what a node makes; nil where it is an output of the graph or has several readers.
  private func onlyReader(of node: Int) -> Int? {
    guard case let output?? = graph.nodes[node].outputs.first, !graph.outputs.contains(output) else { return nil }
    let readers = readers(of: output)
    return readers.count == 1 ? readers[0] : nil
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
