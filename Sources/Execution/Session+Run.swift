public import GraphIR
import Operators
public import Tensors

extension Session {
  /// What to run to get `values`; the graph's outputs where nil.
  public func plan(fetching values: [ValueID]? = nil) -> Plan {
    Plan(graph: graph, wanted: values ?? graph.outputs, isKnown: { constants[$0] != nil })
  }

  /// Runs the nodes that the wanted values need, one after the other, each on all threads of the pool.
  ///
  /// Every value is freed once no later node reads it.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each of the graph's inputs that the plan reads.
  ///   - plan: from this session's `plan(fetching:)`; nil gives the graph's outputs.
  ///   - anyBatch: accept another extent than declared along the first axis.
  ///   - observer: sees every tensor as it is made, in the order of the nodes; not what the graphs of nodes make inside.
  /// - Returns: the plan's wanted values.
  /// - Throws: `ExecutionError` that names the input or node; also where a wanted value is no tensor.
  public func run(
    _ inputs: [ValueID: Tensor], plan: Plan? = nil, anyBatch: Bool = false, allocator: TensorAllocator? = nil,
    observer: ((ValueID, Tensor) -> Void)? = nil
  ) throws(ExecutionError) -> [ValueID: Tensor] {
    let results = try run(
      values: inputs.mapValues { .tensor($0) }, plan: plan, anyBatch: anyBatch, allocator: allocator,
      observer: observer.map { observer in
        { value, made in if case .tensor(let tensor) = made { observer(value, tensor) } }
      })
    var tensors: [ValueID: Tensor] = [:]
    for (value, result) in results { tensors[value] = try graph.tensor(result, of: value) }
    return tensors
  }

  /// The same for values of any kind.
  public func run(
    values inputs: [ValueID: RuntimeValue], plan: Plan? = nil, anyBatch: Bool = false,
    allocator: TensorAllocator? = nil, observer: ((ValueID, RuntimeValue) -> Void)? = nil
  ) throws(ExecutionError) -> [ValueID: RuntimeValue] {
    let plan = plan ?? self.plan()
    var values = try startingValues(inputs, for: plan, anyBatch: anyBatch)
    try plan.run(
      in: graph, values: &values, makeContext(allocator: allocator), observer: observer
    ) { (index) throws(ExecutionError) in try preparedOperator(index) }
    var results: [ValueID: RuntimeValue] = [:]
    for value in plan.wanted { results[value] = values[value.index]! }
    return results
  }

  /// What the calls of one run may use.
  func makeContext(allocator: TensorAllocator? = nil) -> EvaluationContext {
    EvaluationContext(
      pool: pool, allocator: allocator ?? TensorAllocator(limit: memoryLimit),
      iterations: IterationBudget(limit: iterationLimit))
  }

  /// Calls one node's operator and checks that it made what the node names.
  static func evaluate(
    _ node: Node, _ operation: any Operator, in graph: Graph, context: EvaluationContext,
    valueOf: (ValueID) -> RuntimeValue?
  ) throws(ExecutionError) -> [RuntimeValue] {
    let outputs: [RuntimeValue]
    do {
      outputs = try operation.evaluate(values: node.inputs.map { $0.flatMap(valueOf) }, context)
    } catch {
      throw ExecutionError(error, node: node, in: graph)
    }
    let wanted = (node.outputs.lastIndex { $0 != nil } ?? -1) + 1
    guard outputs.count >= wanted else {
      throw ExecutionError(
        OperatorError.unsupported("output \(outputs.count) is wanted and not implemented"), node: node, in: graph)
    }
    return outputs
  }

  /// The constants and the given values by their places, for a run to add to.
  ///
  /// - Throws: where the given values are not what the graph declares.
  func startingValues(
    _ inputs: [ValueID: RuntimeValue], for plan: Plan, anyBatch: Bool
  ) throws(ExecutionError) -> [RuntimeValue?] {
    try check(inputs, for: plan, anyBatch: anyBatch)
    var values = [RuntimeValue?](repeating: nil, count: graph.values.count)
    for (value, tensor) in constants { values[value.index] = .tensor(tensor) }
    for (value, given) in inputs { values[value.index] = given }
    return values
  }

  /// Checks the given values against what the graph declares.
  private func check(
    _ inputs: [ValueID: RuntimeValue], for plan: Plan, anyBatch: Bool
  ) throws(ExecutionError) {
    for value in graph.inputs {
      let name = graph.name(of: value)
      guard let given = inputs[value] else {
        guard !plan.neededInputs.contains(value) else {
          throw ExecutionError(.mismatched, "the model's input '\(name)' is not given")
        }
        continue
      }
      guard let declared = graph.values[value.index].declared else { continue }
      guard declared.kind.allows(given) else {
        throw ExecutionError(
          .mismatched, "input '\(name)' is \(given.kindName); the model takes \(declared.kind.description)")
      }
      guard case .tensor(let tensor) = given else { continue }
      if let type = declared.elementType, type != tensor.elementType {
        throw ExecutionError(
          .mismatched, "input '\(name)' is of \(tensor.elementType); the model takes \(type)")
      }
      if let dimensions = declared.dimensions {
        guard dimensions.accept(tensor.shape, anyBatch: anyBatch) else {
          let expected = dimensions.map(\.description).joined(separator: "×")
          throw ExecutionError(
            .mismatched, "input '\(name)' has shape \(tensor.shape); the model takes [\(expected)]")
        }
      }
    }
  }
}

extension [Dimension] {
  /// Whether a tensor of this shape is what is declared, along the first axis only where `anyBatch` is false.
  fileprivate func accept(_ shape: Shape, anyBatch: Bool) -> Bool {
    count == shape.rank
      && zip(self, shape.dimensions).enumerated().allSatisfy { axis, pair in
        (anyBatch && axis == 0) || pair.0.fixedExtent == nil || pair.0.fixedExtent == pair.1
      }
  }
}

extension DeclaredType.Kind {
  /// Whether a value is of the kind.
  fileprivate func allows(_ value: RuntimeValue) -> Bool {
    switch (self, value) {
    case (.tensor, .tensor), (.sequence, .sequence), (.optionalTensor, .optional), (.optionalSequence, .optional): true
    default: false
    }
  }

  /// The kind, with an article.
  fileprivate var description: String {
    switch self {
    case .tensor: "a tensor"
    case .sequence: "a sequence"
    case .optionalTensor: "an optional tensor"
    case .optionalSequence: "an optional sequence"
    case .other: "what is none of those that are supported"
    }
  }
}

extension Graph {
  /// The tensor that a value must be.
  func tensor(_ made: RuntimeValue?, of value: ValueID) throws(ExecutionError) -> Tensor {
    guard case .tensor(let tensor)? = made else {
      throw ExecutionError(
        .unsupported, "value '\(name(of: value))' is \(made?.kindName ?? "not made"); only tensors can be given here")
    }
    return tensor
  }
}
