public import GraphIR
public import Tensors

/// A node of a test's graph: operator, inputs, outputs, attributes. An empty name leaves an input out.
public typealias TestNode = (name: String, inputs: [String], outputs: [String], attributes: [String: Attribute])

extension Graph {
  /// A graph without attributes whose one input is `x`.
  public init(
    _ nodes: [(String, [String], [String])], outputs: [String], initializers: [String: Tensor] = [:]
  ) throws {
    try self.init(nodes.map { ($0, $1, $2, [:]) }, inputs: ["x": nil], outputs: outputs, initializers: initializers)
  }

  /// A graph of nodes written by names; node names are `n` and the first output's name.
  public init(
    _ nodes: [TestNode], inputs: [String: DeclaredType?], outputs: [String], initializers: [String: Tensor] = [:],
    opset: Int = 13
  ) throws {
    var names: [String] = []
    let all = inputs.keys.sorted() + initializers.keys.sorted() + nodes.flatMap { $0.inputs + $0.outputs } + outputs
    for name in all where !name.isEmpty && !names.contains(name) { names.append(name) }
    func id(_ name: String) -> ValueID? { names.firstIndex(of: name).map { ValueID($0) } }
    try self.init(
      name: "test", values: names.map { Value(name: $0, declared: inputs[$0] ?? nil) },
      inputs: inputs.keys.sorted().map { id($0)! }, outputs: outputs.map { id($0)! },
      initializers: Dictionary(uniqueKeysWithValues: initializers.map { (id($0)!, $1) }),
      nodes: nodes.map { node in
        Node(
          name: "n\(node.outputs.first ?? "")", operatorName: node.name, inputs: node.inputs.map(id),
          outputs: node.outputs.map(id), attributes: node.attributes)
      }, opsets: ["": opset])
  }
}
