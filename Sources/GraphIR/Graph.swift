public import Tensors

/// A graph of operator calls: typed, validated, in an order in which it can run.
///
/// What `init` guarantees: value names are unique; every value has one producer (an input, an initializer, an outer
/// value or one node's output); nodes stand after the nodes whose outputs they take; outputs have producers.
public struct Graph: Sendable {
  public let name: String

  /// All values; a `ValueID` is a place in here.
  public let values: [Value]

  /// The values a caller gives. Initializers that the file also lists as inputs are not among them.
  public let inputs: [ValueID]

  /// The values a caller gets.
  public let outputs: [ValueID]

  /// The values known before a run.
  public let initializers: [ValueID: Tensor]

  /// Values of the enclosing graph that a subgraph reads by name; empty for a model's own graph.
  public let outerValues: [ValueID]

  /// The nodes in an order in which they can run.
  public let nodes: [Node]

  /// The version of each operator set by domain; the default domain is the empty string.
  public let opsets: [String: Int]

  /// For each value the index of the node that makes it; nil for the others.
  public let producers: [Int?]

  /// For each value the indices of the nodes that take it, in order.
  public let consumers: [[Int]]

  private let idsByName: [String: ValueID]

  /// Checks and sorts. Complexity: linear in nodes, values and their connections.
  ///
  /// - Throws: `GraphError` where a name or producer stands twice, a value has no producer, nodes form a cycle, or a
  ///   subgraph takes a value that the graph does not have.
  public init(
    name: String, values: [Value], inputs: [ValueID], outputs: [ValueID], initializers: [ValueID: Tensor],
    outerValues: [ValueID] = [], nodes: [Node], opsets: [String: Int]
  ) throws(GraphError) {
    var idsByName: [String: ValueID] = [:]
    for (index, value) in values.enumerated() {
      guard idsByName.updateValue(ValueID(index), forKey: value.name) == nil else {
        throw GraphError("two values are named '\(value.name)'", value: value.name)
      }
    }
    let nodes = try Graph.resolveOuterValues(of: nodes, idsByName: idsByName)
    let producers = try Graph.findProducers(
      values: values, known: inputs + Array(initializers.keys) + outerValues, nodes: nodes)
    let order = try Graph.sort(
      nodes: nodes, producers: producers.nodes, hasProducer: producers.hasOne, values: values)
    for output in outputs where !producers.hasOne[output.index] {
      throw GraphError(
        "output '\(values[output.index].name)' is made by no node", value: values[output.index].name)
    }
    // Old index → place in the order.
    var place = [Int](repeating: 0, count: nodes.count)
    for (position, index) in order.enumerated() { place[index] = position }

    self.name = name
    self.values = values
    self.inputs = inputs
    self.outputs = outputs
    self.initializers = initializers
    self.outerValues = outerValues
    self.opsets = opsets
    self.nodes = order.map { nodes[$0] }
    self.producers = producers.nodes.map { $0.map { place[$0] } }
    self.idsByName = idsByName
    var consumers = [[Int]](repeating: [], count: values.count)
    for (index, node) in self.nodes.enumerated() {
      for case let input? in node.inputs where consumers[input.index].last != index {
        consumers[input.index].append(index)
      }
    }
    self.consumers = consumers
  }

  /// The value of that name.
  public func value(named name: String) -> ValueID? { idsByName[name] }

  /// The name of a value.
  public func name(of value: ValueID) -> String { values[value.index].name }

  /// What to call a node in a message: its name, or else its operator and first output.
  public func label(of node: Node) -> String {
    if !node.name.isEmpty { return node.name }
    let output = node.outputs.compactMap { $0 }.first.map { name(of: $0) } ?? "nothing"
    return "\(node.operatorName) → \(output)"
  }
}
