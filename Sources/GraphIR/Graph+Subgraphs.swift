extension Node {
  /// The graphs in the node's attributes.
  public var subgraphs: [Graph] { attributes.values.flatMap(\.subgraphs) }
}

extension Graph {
  /// Adds to each node's inputs what its subgraphs take by name from the graph whose values `idsByName` gives; each value
  /// once, in the order of the values.
  static func resolveOuterValues(of nodes: [Node], idsByName: [String: ValueID]) throws(GraphError) -> [Node] {
    var nodes = nodes
    for index in nodes.indices where nodes[index].attributes.contains(where: { !$0.value.subgraphs.isEmpty }) {
      let node = nodes[index]
      var outer: Set<ValueID> = []
      for graph in node.subgraphs {
        for name in graph.outerValues.map({ graph.name(of: $0) }) {
          guard let value = idsByName[name] else {
            throw GraphError(
              "a subgraph takes '\(name)', which no enclosing graph has", value: name, node: node.name,
              operatorName: node.operatorName)
          }
          outer.insert(value)
        }
      }
      nodes[index].inputs = node.inputs.prefix(node.ownInputCount) + outer.sorted { $0.index < $1.index }
    }
    return nodes
  }

  /// The version of the operator set that a node is written for; nil where there is none for its domain.
  public func opset(of node: Node) -> Int? { node.opset ?? opsets[node.domain] }

  /// The node in whose subgraphs, however deep, a value or node of that name stands; nil where there is none.
  ///
  /// Complexity: linear in the sizes of all subgraphs.
  public func node(enclosing name: String) -> Node? {
    nodes.first { node in
      node.subgraphs.contains { graph in
        graph.value(named: name).map { !graph.outerValues.contains($0) } ?? false
          || graph.nodes.contains { $0.name == name } || graph.node(enclosing: name) != nil
      }
    }
  }
}
