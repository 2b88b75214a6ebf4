public import Tensors

extension Graph {
  /// What of a graph comes after one of its values.
  public struct Tail: Sendable {
    /// The nodes that depend on the value and that the outputs need, as indices in order.
    public let nodes: [Int]

    /// What these nodes read besides and other nodes or the caller make: constants, and values that go around.
    public let otherInputs: [ValueID]
  }

  /// What comes after `value` on the way to `outputs`.
  ///
  /// Complexity: linear in the graph's size.
  public func tail(from value: ValueID, to outputs: [ValueID]) -> Tail {
    var depends = [Bool](repeating: false, count: values.count)
    depends[value.index] = true
    for node in nodes where node.inputs.contains(where: { $0.map { depends[$0.index] } ?? false }) {
      // The value's own producer cannot depend on it.
      for case let output? in node.outputs { depends[output.index] = true }
    }
    var isNeeded = [Bool](repeating: false, count: values.count)
    for output in outputs { isNeeded[output.index] = true }
    var behind: [Int] = []
    for index in nodes.indices.reversed() {
      let node = nodes[index]
      guard node.inputs.contains(where: { $0.map { depends[$0.index] } ?? false }),
        node.outputs.contains(where: { $0.map { isNeeded[$0.index] } ?? false })
      else { continue }
      behind.append(index)
      for case let input? in node.inputs { isNeeded[input.index] = true }
    }
    let nodes = Array(behind.reversed())
    var isListed = depends
    var others: [ValueID] = []
    for input in nodes.flatMap({ self.nodes[$0].inputs }) {
      guard let input, !isListed[input.index] else { continue }
      isListed[input.index] = true
      others.append(input)
    }
    return Tail(nodes: nodes, otherInputs: others)
  }

  /// A graph of a tail's nodes alone, with the value as its input. Values keep their ids and names.
  ///
  /// - Parameters:
  ///   - declared: what the value is.
  ///   - constants: the tensors of all of the tail's `otherInputs`.
  /// - Throws: `GraphError` where a constant is missing.
  public func graph(
    of tail: Tail, from value: ValueID, declared: DeclaredType, to outputs: [ValueID], constants: [ValueID: Tensor]
  ) throws(GraphError) -> Graph {
    var values = self.values
    values[value.index] = Value(name: name(of: value), declared: declared)
    return try Graph(
      name: name, values: values, inputs: [value], outputs: outputs, initializers: constants,
      nodes: tail.nodes.map { nodes[$0] }, opsets: opsets)
  }
}
