import COnnxProto
import GraphIR

/// A node that may be the call of a function.
struct FunctionCall {
  let function: ModelBuilder.FunctionName
  /// The node's name; may be empty.
  let name: String
  let inputs: [ValueID?]
  let outputs: [ValueID?]
  let attributes: [String: Attribute]
  let scopes: [String]
}

extension GraphBuilder {
  /// Puts the nodes of a function in the place of a call. Names of the function's inner values and nodes get the call's
  /// name and a slash before them; its outputs are the call's.
  ///
  /// - Source: ONNX, IR.md, "Functions".
  mutating func inline(_ called: ModelBuilder.Function, _ call: FunctionCall) throws(ModelError) {
    let function = called.proto.pointee
    let name = call.function.name
    guard !scope.functions.contains(call.function) else {
      throw ModelError(.graph, "the function '\(name)' calls itself, by itself or by another")
    }
    try model.countInlined(called)
    let inputNames = texts(function.input, count: function.n_input)
    let outputNames = texts(function.output, count: function.n_output)
    guard call.inputs.count <= inputNames.count, call.outputs.count <= outputNames.count else {
      throw ModelError(
        .graph,
        "the function '\(name)' has \(inputNames.count) inputs and \(outputNames.count) outputs; a call has "
          + "\(call.inputs.count) and \(call.outputs.count)")
    }
    let caller = scope
    scope = NameScope(
      opsets: try ModelBuilder.opsets(
        messages(function.opset_import, count: function.n_opset_import), of: "the function '\(name)'"))
    scope.prefix = makePrefix(call, in: caller)
    scope.path = call.scopes
    scope.functions = caller.functions + [call.function]
    scope.depth = try caller.deeper(limits: model.decoding.limits)
    scope.names = [:]
    scope.isClosed = true
    scope.attributes = call.attributes
    for info in messages(function.value_info, count: function.n_value_info) { scope.declare(info) }
    try readDefaults(function)

    for (index, input) in inputNames.enumerated() {
      let value = index < call.inputs.count ? call.inputs[index] : nil
      guard scope.defined.insert(input).inserted else {
        throw ModelError(.duplicateName, "two inputs of the function '\(name)' have one name", value: input)
      }
      scope.names![input] = .some(value.map { self.name(of: $0) })
    }
    // An output that is an input as well, or that the call gets twice, is handed on by a node.
    var handedOn: [(name: String, value: ValueID)] = []
    for (output, value) in zip(outputNames, call.outputs) {
      guard let value else { continue }
      if scope.names![output] == nil {
        scope.names![output] = .some(self.name(of: value))
      } else {
        handedOn.append((output, value))
      }
    }
    let nodes = Array(messages(function.node, count: function.n_node))
    try defineOutputs(of: nodes)
    for output in outputNames where !scope.defined.contains(output) {
      throw ModelError(.missingValue, "an output of the function '\(name)' is made by nothing", value: output)
    }
    for node in nodes { try append(node) }
    for (output, value) in handedOn {
      append(
        Node(
          name: "", operatorName: "Identity", inputs: [try resolve(output)], outputs: [value], scopes: call.scopes,
          opset: scope.opsets[""] ?? caller.opsets[""] ?? 1))
    }
    scope = caller
  }

  /// What stands before the caller's names, and the call's name, or else the function's, with a number from its second
  /// use on.
  private mutating func makePrefix(_ call: FunctionCall, in caller: NameScope) -> String {
    let name = caller.prefix + (call.name.isEmpty ? call.function.name : call.name)
    let count = prefixCounts[name, default: 0] + 1
    prefixCounts[name] = count
    return count == 1 ? "\(name)/" : "\(name) \(count)/"
  }

  /// The values of the attributes that the call leaves out.
  private mutating func readDefaults(_ function: Onnx__FunctionProto) throws(ModelError) {
    for proto in messages(function.attribute_proto, count: function.n_attribute_proto) {
      let name = text(proto.pointee.name)
      if scope.attributes![name] == nil { scope.attributes![name] = try attribute(proto, name: name) }
    }
  }
}
