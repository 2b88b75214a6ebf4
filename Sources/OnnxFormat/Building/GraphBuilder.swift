import COnnxProto
import GraphIR
import Tensors

/// Makes one `Graph` of a `GraphProto`; makes another of itself for each subgraph.
struct GraphBuilder {
  let model: ModelBuilder

  /// The names that the enclosing graphs define, the nearest first; empty for the model's own graph.
  private let enclosing: [Set<String>]

  private var values: [Value] = []
  private var ids: [String: ValueID] = [:]
  private var declared: [String: DeclaredType] = [:]
  private var outerValues: [ValueID] = []

  /// The names that this graph defines: inputs, initializers and outputs of nodes.
  private var defined: Set<String> = []

  /// - Parameter enclosing: the names that the enclosing graphs define, the nearest first; none for the model's own.
  init(_ model: ModelBuilder, enclosing: [Set<String>]) {
    self.model = model
    self.enclosing = enclosing
  }

  consuming func graph(_ proto: UnsafePointer<Onnx__GraphProto>) throws(ModelError) -> Graph {
    let proto = proto.pointee
    guard proto.n_sparse_initializer == 0 else {
      throw ModelError(.feature, "sparse initializers are not supported", remedy: "export the model with dense weights")
    }
    readDeclarations(proto)
    let initializers = try readInitializers(proto)
    let inputs = try readInputs(proto, initializers: initializers)
    let nodeProtos = Array(messages(proto.node, count: proto.n_node))
    try defineOutputs(of: nodeProtos)
    var nodes: [Node] = []
    nodes.reserveCapacity(nodeProtos.count)
    for node in nodeProtos { nodes.append(try self.node(node)) }
    let outputs = try readOutputs(proto)
    warnIfUnsorted(nodes)
    do {
      return try Graph(
        name: text(proto.name), values: values, inputs: inputs, outputs: outputs, initializers: initializers,
        outerValues: outerValues, nodes: nodes, opsets: model.opsets)
    } catch {
      throw ModelError(
        .graph, error.message, value: error.value, node: error.node, operatorName: error.operatorName)
    }
  }

  // MARK: Values

  private mutating func readDeclarations(_ proto: Onnx__GraphProto) {
    // What inputs and outputs declare counts for more than what is noted between them.
    for (list, count) in [
      (proto.input, proto.n_input), (proto.output, proto.n_output), (proto.value_info, proto.n_value_info),
    ] {
      for info in messages(list, count: count) {
        let name = text(info.pointee.name)
        if declared[name] == nil { declared[name] = DeclaredType(info.pointee.type) }
      }
    }
  }

  /// Gives a name its value, which the graph defines or takes from outside.
  private mutating func add(_ name: String) -> ValueID {
    let id = ValueID(values.count)
    values.append(Value(name: name, declared: declared[name]))
    ids[name] = id
    return id
  }

  private mutating func readInitializers(_ proto: Onnx__GraphProto) throws(ModelError) -> [ValueID: Tensor] {
    var initializers: [ValueID: Tensor] = [:]
    for proto in messages(proto.initializer, count: proto.n_initializer) {
      let name = text(proto.pointee.name)
      guard !name.isEmpty else { throw ModelError(.tensorData, "an initializer has no name") }
      guard defined.insert(name).inserted else {
        throw ModelError(.duplicateName, "two initializers have one name", value: name)
      }
      let tensor = try model.decoding.tensor(proto, external: model.external)
      if let type = declared[name], !type.allows(tensor) {
        model.warn("the initializer '\(name)' is \(tensor.elementType) \(tensor.shape), which is not what is declared")
      }
      initializers[add(name)] = tensor
    }
    return initializers
  }

  private mutating func readInputs(
    _ proto: Onnx__GraphProto, initializers: [ValueID: Tensor]
  ) throws(ModelError) -> [ValueID] {
    var inputs: [ValueID] = []
    var names: Set<String> = []
    for info in messages(proto.input, count: proto.n_input) {
      let name = text(info.pointee.name)
      guard !name.isEmpty else { throw ModelError(.graph, "an input of the graph has no name") }
      guard names.insert(name).inserted else {
        throw ModelError(.duplicateName, "two inputs of the graph have one name", value: name)
      }
      // Older files list the initializers here too.
      guard defined.insert(name).inserted else { continue }
      inputs.append(add(name))
    }
    return inputs
  }

  private mutating func readOutputs(_ proto: Onnx__GraphProto) throws(ModelError) -> [ValueID] {
    var outputs: [ValueID] = []
    for info in messages(proto.output, count: proto.n_output) {
      let name = text(info.pointee.name)
      guard let id = resolve(name) else {
        throw ModelError(.missingValue, "an output of the graph is made by nothing", value: name)
      }
      outputs.append(id)
    }
    return outputs
  }

  /// The value of that name, of this graph or of an enclosing one.
  private mutating func resolve(_ name: String) -> ValueID? {
    if let id = ids[name] { return id }
    guard !name.isEmpty, enclosing.contains(where: { $0.contains(name) }) else { return nil }
    let id = add(name)
    outerValues.append(id)
    return id
  }

  // MARK: Nodes

  private mutating func defineOutputs(of nodes: [UnsafePointer<Onnx__NodeProto>]) throws(ModelError) {
    for node in nodes {
      for name in texts(node.pointee.output, count: node.pointee.n_output) where !name.isEmpty {
        guard defined.insert(name).inserted else {
          throw located(ModelError(.duplicateName, "a value is made twice", value: name), at: node)
        }
        _ = add(name)
      }
    }
  }

  private mutating func node(_ proto: UnsafePointer<Onnx__NodeProto>) throws(ModelError) -> Node {
    do throws(ModelError) {
      let operatorName = text(proto.pointee.op_type)
      let domain = ModelBuilder.domain(proto.pointee.domain)
      guard !operatorName.isEmpty else { throw ModelError(.graph, "a node has no operator") }
      guard !model.definesFunction(.init(domain: domain, name: operatorName)) else {
        throw ModelError(
          .feature, "'\(operatorName)' is a function that the model defines, and those are not supported",
          remedy: "inline the model's functions with onnx.inliner.inline_local_functions")
      }
      guard model.opsets[domain] != nil else {
        throw ModelError(
          .missingOpset, "the model imports no operator set for the domain '\(domain)'",
          remedy: "add it to opset_import, with the version that the model was written for")
      }
      var inputs: [ValueID?] = []
      for name in texts(proto.pointee.input, count: proto.pointee.n_input) {
        let id = resolve(name)
        guard id != nil || name.isEmpty else {
          throw ModelError(.missingValue, "an input is made by no node, and is no input or initializer", value: name)
        }
        inputs.append(id)
      }
      let outputs = texts(proto.pointee.output, count: proto.pointee.n_output).map { ids[$0] }
      return Node(
        name: text(proto.pointee.name), domain: domain, operatorName: operatorName, inputs: inputs, outputs: outputs,
        attributes: try attributes(proto), scopes: NameScopes.scopes(of: proto))
    } catch { throw located(error, at: proto) }
  }

  private mutating func attributes(
    _ node: UnsafePointer<Onnx__NodeProto>
  ) throws(ModelError) -> [String: Attribute] {
    guard node.pointee.n_attribute > 0 else { return [:] }
    var attributes: [String: Attribute] = [:]
    for proto in messages(node.pointee.attribute, count: node.pointee.n_attribute) {
      let name = text(proto.pointee.name)
      let attribute = try attribute(proto, name: name)
      guard attributes.updateValue(attribute, forKey: name) == nil else {
        throw ModelError(.duplicateName, "the attribute '\(name)' stands twice")
      }
      for graph in attribute.subgraphs {
        // What a subgraph takes from beyond this graph passes through it.
        for outer in graph.outerValues { _ = resolve(graph.name(of: outer)) }
      }
    }
    return attributes
  }

  private func attribute(
    _ proto: UnsafePointer<Onnx__AttributeProto>, name: String
  ) throws(ModelError) -> Attribute {
    let reader = AttributeReader(
      name: name, decoding: model.decoding, external: model.external,
      subgraph: { (graph) throws(ModelError) in
        try GraphBuilder(model, enclosing: [defined] + enclosing).graph(graph)
      })
    return try reader.attribute(proto)
  }

  /// Adds the innermost node to an error.
  private func located(_ error: ModelError, at node: UnsafePointer<Onnx__NodeProto>) -> ModelError {
    guard error.operatorName == nil else { return error }
    var error = error
    error.node = text(node.pointee.name)
    error.operatorName = text(node.pointee.op_type)
    error.opset = model.opsets[ModelBuilder.domain(node.pointee.domain)]
    return error
  }

  private func warnIfUnsorted(_ nodes: [Node]) {
    var madeAt = [Int](repeating: -1, count: values.count)
    for (index, node) in nodes.enumerated() {
      for case let output? in node.outputs { madeAt[output.index] = index }
    }
    for (index, node) in nodes.enumerated() {
      for case let input? in node.inputs where madeAt[input.index] >= index {
        let name = values[input.index].name
        model.warn(
          "the nodes are not in order: \(node.operatorName) node '\(node.name)' stands before '\(name)' is made")
        return
      }
    }
  }
}

extension Attribute {
  /// The graphs in an attribute.
  fileprivate var subgraphs: [Graph] {
    switch self {
    case .graph(let graph): [graph]
    case .graphs(let graphs): graphs
    default: []
    }
  }
}
