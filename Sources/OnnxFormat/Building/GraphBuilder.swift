import COnnxProto
import GraphIR
import Tensors

/// Makes one `Graph` of a `GraphProto`; makes another of itself for each subgraph. Calls of the model's own functions
/// become the functions' nodes.
struct GraphBuilder {
  let model: ModelBuilder

  /// What names mean around this graph, the nearest first; empty for the model's own graph, and up to a function.
  private let enclosing: [EnclosingNames]

  /// What names mean at present: in the graph, or in a function whose nodes are being put in.
  var scope: NameScope

  /// The graph's values by their names in it.
  private(set) var ids: [String: ValueID] = [:]

  private var values: [Value] = []
  private var outerValues: [ValueID] = []
  private(set) var nodes: [Node] = []

  /// How often each name of a call was taken for a prefix.
  var prefixCounts: [String: Int] = [:]

  /// A builder of the model's own graph.
  init(_ model: ModelBuilder) {
    self.model = model
    enclosing = []
    scope = NameScope(opsets: model.opsets)
  }

  /// A builder of a subgraph of a node of `outer`.
  private init(in outer: GraphBuilder) throws(ModelError) {
    model = outer.model
    enclosing = [EnclosingNames(ids: outer.ids, scope: outer.scope)] + (outer.scope.isClosed ? [] : outer.enclosing)
    scope = try outer.scope.nested(limits: outer.model.decoding.limits)
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
    nodes.reserveCapacity(nodeProtos.count)
    for node in nodeProtos { try append(node) }
    let outputs = try readOutputs(proto)
    warnIfUnsorted(nodes)
    do {
      return try Graph(
        name: text(proto.name), values: values, inputs: inputs, outputs: outputs, initializers: initializers,
        outerValues: outerValues, nodes: nodes, opsets: scope.opsets)
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
        scope.declare(info)
      }
    }
  }

  /// A new value. In a function, and in a graph of one of its nodes, it gets the call's prefix, and a name that none of
  /// the values around it has.
  mutating func define(_ name: String) -> ValueID {
    let declared = scope.declared[name]
    guard scope.names != nil else { return add(name, declared: declared) }
    var full = scope.prefix + name
    while ids[full] != nil || enclosing.contains(where: { $0.ids[full] != nil }) { full += "'" }
    scope.names![name] = .some(full)
    return add(full, declared: declared)
  }

  /// The name of a value in the graph.
  func name(of value: ValueID) -> String { values[value.index].name }

  private mutating func add(_ name: String, declared: DeclaredType?) -> ValueID {
    let id = ValueID(values.count)
    values.append(Value(name: name, declared: declared))
    ids[name] = id
    return id
  }

  private mutating func readInitializers(_ proto: Onnx__GraphProto) throws(ModelError) -> [ValueID: Tensor] {
    var initializers: [ValueID: Tensor] = [:]
    for proto in messages(proto.initializer, count: proto.n_initializer) {
      let name = text(proto.pointee.name)
      guard !name.isEmpty else { throw ModelError(.tensorData, "an initializer has no name") }
      guard scope.defined.insert(name).inserted else {
        throw ModelError(.duplicateName, "two initializers have one name", value: name)
      }
      let tensor = try model.tensor(proto)
      if let type = scope.declared[name], !type.allows(tensor) {
        model.warn("the initializer '\(name)' is \(tensor.elementType) \(tensor.shape), which is not what is declared")
      }
      initializers[define(name)] = tensor
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
      guard scope.defined.insert(name).inserted else { continue }
      inputs.append(define(name))
    }
    return inputs
  }

  private mutating func readOutputs(_ proto: Onnx__GraphProto) throws(ModelError) -> [ValueID] {
    var outputs: [ValueID] = []
    for info in messages(proto.output, count: proto.n_output) {
      let name = text(info.pointee.name)
      guard let id = try? resolve(name) else {
        throw ModelError(.missingValue, "an output of the graph is made by nothing", value: name)
      }
      outputs.append(id)
    }
    return outputs
  }

  /// The value that a name means, of this graph or of an enclosing one; nil for a name that is empty or stands for
  /// what a function's call leaves out.
  ///
  /// - Throws: `ModelError` for a name that means nothing.
  mutating func resolve(_ name: String) throws(ModelError) -> ValueID? {
    guard !name.isEmpty else { return nil }
    if let names = scope.names {
      if let full = names[name] { return full.map { ids[$0]! } }
    } else if scope.defined.contains(name) {
      return ids[name]
    }
    guard !scope.isClosed else { throw missing(name) }
    for names in enclosing {
      guard let full = names[name] else { continue }
      return full.map { take($0) }
    }
    throw missing(name)
  }

  private func missing(_ name: String) -> ModelError {
    ModelError(.missingValue, "an input is made by no node, and is no input or initializer", value: name)
  }

  /// The value with a name that the enclosing graph has.
  private mutating func take(_ full: String) -> ValueID {
    if let id = ids[full] { return id }
    let id = add(full, declared: nil)
    outerValues.append(id)
    return id
  }

  // MARK: Nodes

  mutating func defineOutputs(of nodes: [UnsafePointer<Onnx__NodeProto>]) throws(ModelError) {
    for node in nodes {
      for name in texts(node.pointee.output, count: node.pointee.n_output) where !name.isEmpty {
        guard scope.defined.insert(name).inserted else {
          throw located(ModelError(.duplicateName, "a value is made twice", value: name), at: node)
        }
        // The outputs of a function are values of its caller.
        if scope.names?[name] == nil { _ = define(name) }
      }
    }
  }

  /// Adds a node, or the nodes of the function that it calls.
  mutating func append(_ proto: UnsafePointer<Onnx__NodeProto>) throws(ModelError) {
    do throws(ModelError) {
      let operatorName = text(proto.pointee.op_type)
      let domain = ModelBuilder.domain(proto.pointee.domain)
      guard !operatorName.isEmpty else { throw ModelError(.graph, "a node has no operator") }
      if scope.names != nil { try model.countInlinedNode() }
      var inputs: [ValueID?] = []
      for name in texts(proto.pointee.input, count: proto.pointee.n_input) { inputs.append(try resolve(name)) }
      var outputs: [ValueID?] = []
      for name in texts(proto.pointee.output, count: proto.pointee.n_output) { outputs.append(try resolve(name)) }
      let name = text(proto.pointee.name)
      let call = FunctionCall(
        function: .init(domain: domain, name: operatorName, overload: text(proto.pointee.overload)), name: name,
        inputs: inputs, outputs: outputs, attributes: try attributes(proto),
        scopes: scope.path + NameScopes.scopes(of: proto))
      if let function = model.function(call.function) { return try inline(function, call) }
      guard let opset = scope.opsets[domain] else {
        throw ModelError(
          .missingOpset, "the model imports no operator set for the domain '\(domain)'",
          remedy: "add it to opset_import, with the version that the model was written for")
      }
      append(
        Node(
          name: name.isEmpty ? "" : scope.prefix + name, domain: domain, operatorName: operatorName, inputs: inputs,
          outputs: outputs, attributes: call.attributes, scopes: call.scopes,
          opset: scope.names == nil ? nil : opset))
    } catch { throw located(error, at: proto) }
  }

  mutating func append(_ node: Node) { nodes.append(node) }

  private mutating func attributes(
    _ node: UnsafePointer<Onnx__NodeProto>
  ) throws(ModelError) -> [String: Attribute] {
    guard node.pointee.n_attribute > 0 else { return [:] }
    var attributes: [String: Attribute] = [:]
    for proto in messages(node.pointee.attribute, count: node.pointee.n_attribute) {
      let name = text(proto.pointee.name)
      // A reference to what the function's call leaves out is left out too.
      guard let attribute = try attribute(proto, name: name) else { continue }
      guard attributes.updateValue(attribute, forKey: name) == nil else {
        throw ModelError(.duplicateName, "the attribute '\(name)' stands twice")
      }
    }
    return attributes
  }

  /// An attribute's value; nil for a reference to an attribute that the function's call leaves out.
  mutating func attribute(
    _ proto: UnsafePointer<Onnx__AttributeProto>, name: String
  ) throws(ModelError) -> Attribute? {
    let reference = text(proto.pointee.ref_attr_name)
    guard reference.isEmpty || scope.attributes != nil else {
      throw ModelError(
        .attribute, "the attribute '\(name)' refers to a function's attribute, and the node is in no function")
    }
    let found = reference.isEmpty ? try read(proto, name: name) : scope.attributes![reference]
    for graph in found?.subgraphs ?? [] {
      // What a subgraph takes from beyond this graph passes through it.
      for outer in graph.outerValues { _ = take(graph.name(of: outer)) }
    }
    return found
  }

  private func read(_ proto: UnsafePointer<Onnx__AttributeProto>, name: String) throws(ModelError) -> Attribute {
    let reader = AttributeReader(
      name: name, tensor: { (tensor) throws(ModelError) in try model.tensor(tensor) },
      subgraph: { (graph) throws(ModelError) in try GraphBuilder(in: self).graph(graph) })
    return try reader.attribute(proto)
  }

  /// Adds the innermost node to an error.
  func located(_ error: ModelError, at node: UnsafePointer<Onnx__NodeProto>) -> ModelError {
    guard error.operatorName == nil else { return error }
    var error = error
    error.node = text(node.pointee.name)
    error.operatorName = text(node.pointee.op_type)
    error.opset = scope.opsets[ModelBuilder.domain(node.pointee.domain)]
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
