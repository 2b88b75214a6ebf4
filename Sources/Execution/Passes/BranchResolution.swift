import GraphIR
import Operators
import Tensors

extension Graph {
  /// How often branches are looked for: a chosen branch may decide another `If`. What is left runs all the same.
  private static let branchPasses = 200

  /// The graph in which the nodes of the chosen branch stand in the place of each `If` whose condition is the same in
  /// every run. Values keep their ids and names; those of a branch keep their names where these are free.
  func resolvingConstantBranches(_ context: EvaluationContext) -> Graph {
    var graph = self
    for _ in 0..<Graph.branchPasses {
      let branches = graph.constantBranches(context)
      // A graph that cannot be put in is left where it is, for its operator to say what is wrong.
      guard !branches.isEmpty, let next = try? graph.inlining(branches) else { break }
      graph = next
    }
    return graph
  }

  /// The branch that is always chosen, by the index of its `If`.
  private func constantBranches(_ context: EvaluationContext) -> [Int: Graph] {
    let choices = nodes.indices.filter { nodes[$0].operatorName == "If" && nodes[$0].domain.isEmpty }
    guard !choices.isEmpty else { return [:] }
    let constants = constants(deciding: choices, context)
    var branches: [Int: Graph] = [:]
    for index in choices {
      let node = nodes[index]
      guard let condition = node.inputs.first.flatMap({ $0.flatMap { constants[$0] } }),
        condition.elementType == .bool, condition.count == 1,
        case .graph(let branch)? = node.attributes[
          condition.elements(of: Bool.self)[0] ? "then_branch" : "else_branch"],
        branch.inputs.isEmpty, branch.outputs.count >= node.outputs.count
      else { continue }
      branches[index] = branch
    }
    return branches
  }

  /// The constants that the conditions of nodes depend on.
  private func constants(deciding choices: [Int], _ context: EvaluationContext) -> [ValueID: Tensor] {
    var isNeeded = [Bool](repeating: false, count: values.count)
    for index in choices {
      if case let condition?? = nodes[index].inputs.first { isNeeded[condition.index] = true }
    }
    for node in nodes.reversed() where node.outputs.contains(where: { $0.map { isNeeded[$0.index] } ?? false }) {
      for case let input? in node.inputs { isNeeded[input.index] = true }
    }
    var constants = initializers
    let chosen = Set(choices)
    for (index, node) in nodes.enumerated() where !chosen.contains(index) {
      guard node.outputs.contains(where: { $0.map { isNeeded[$0.index] } ?? false }),
        node.inputs.allSatisfy({ $0.map { constants[$0] != nil } ?? true }), !Session.isRandom(node),
        let operation = try? Session.makeOperator(for: node, in: self),
        let outputs = try? Session.evaluate(
          node, operation, in: self, context: context, valueOf: { constants[$0].map { .tensor($0) } })
      else { continue }
      for case (let value?, .tensor(let tensor)) in zip(node.outputs, outputs) { constants[value] = tensor }
    }
    return constants
  }

  private func inlining(_ branches: [Int: Graph]) throws(GraphError) -> Graph {
    var values = self.values
    var initializers = self.initializers
    var nodes: [Node] = []
    var names = Set(values.map(\.name))
    for (index, node) in self.nodes.enumerated() {
      guard let branch = branches[index] else {
        nodes.append(node)
        continue
      }
      var ids: [ValueID] = []
      var newNames: [String: String] = [:]
      let outer = Set(branch.outerValues)
      for (place, inner) in branch.values.enumerated() {
        if outer.contains(ValueID(place)), let value = value(named: inner.name) {
          ids.append(value)
          continue
        }
        var name = inner.name
        while !names.insert(name).inserted { name = "\(label(of: node))/\(name)" }
        if name != inner.name { newNames[inner.name] = name }
        ids.append(ValueID(values.count))
        values.append(Value(name: name, declared: inner.declared))
      }
      for (value, tensor) in branch.initializers { initializers[ids[value.index]] = tensor }
      for inner in branch.nodes {
        nodes.append(
          try Node(
            name: inner.name, domain: inner.domain, operatorName: inner.operatorName,
            inputs: inner.inputs.prefix(inner.ownInputCount).map { $0.map { ids[$0.index] } },
            outputs: inner.outputs.map { $0.map { ids[$0.index] } },
            attributes: inner.attributes(renaming: newNames),
            scopes: inner.scopes.isEmpty ? node.scopes : inner.scopes, opset: branch.opset(of: inner)))
      }
      for (output, result) in zip(node.outputs, branch.outputs) where output != nil {
        nodes.append(
          Node(
            name: node.name, operatorName: "Identity", inputs: [ids[result.index]], outputs: [output],
            scopes: node.scopes, opset: opset(of: node)))
      }
    }
    return try Graph(
      name: name, values: values, inputs: inputs, outputs: outputs, initializers: initializers,
      outerValues: outerValues, nodes: nodes, opsets: opsets)
  }

  /// The graph with other names for what it takes from outside.
  fileprivate func renamingOuterValues(_ names: [String: String]) throws(GraphError) -> Graph {
    guard outerValues.contains(where: { names[name(of: $0)] != nil }) else { return self }
    var values = self.values
    for value in outerValues {
      let old = values[value.index]
      values[value.index] = Value(name: names[old.name] ?? old.name, declared: old.declared)
    }
    var nodes: [Node] = []
    for node in self.nodes {
      nodes.append(
        Node(
          name: node.name, domain: node.domain, operatorName: node.operatorName,
          inputs: Array(node.inputs.prefix(node.ownInputCount)), outputs: node.outputs,
          attributes: try node.attributes(renaming: names), scopes: node.scopes, opset: node.opset))
    }
    return try Graph(
      name: name, values: values, inputs: inputs, outputs: outputs, initializers: initializers,
      outerValues: outerValues, nodes: nodes, opsets: opsets)
  }
}

extension Node {
  /// The attributes, whose graphs take what they read from outside by new names.
  fileprivate func attributes(renaming names: [String: String]) throws(GraphError) -> [String: Attribute] {
    guard !names.isEmpty else { return attributes }
    var result = attributes
    for (key, attribute) in attributes {
      switch attribute {
      case .graph(let graph): result[key] = .graph(try graph.renamingOuterValues(names))
      case .graphs(let graphs):
        var renamed: [Graph] = []
        for graph in graphs { renamed.append(try graph.renamingOuterValues(names)) }
        result[key] = .graphs(renamed)
      default: break
      }
    }
    return result
  }
}
