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
  ///   - observer: sees every value as it is made, in the order of the nodes.
  /// - Returns: the plan's wanted values.
  /// - Throws: `ExecutionError` that names the input or node.
  public func run(
    _ inputs: [ValueID: Tensor], plan: Plan? = nil, anyBatch: Bool = false, allocator: TensorAllocator? = nil,
    observer: ((ValueID, Tensor) -> Void)? = nil
  ) throws(ExecutionError) -> [ValueID: Tensor] {
    let plan = plan ?? self.plan()
    try check(inputs, for: plan, anyBatch: anyBatch)
    let context = EvaluationContext(pool: pool, allocator: allocator ?? TensorAllocator(limit: memoryLimit))
    var values = [Tensor?](repeating: nil, count: graph.values.count)
    for (value, tensor) in constants { values[value.index] = tensor }
    for (value, tensor) in inputs { values[value.index] = tensor }

    for step in plan.steps {
      let node = graph.nodes[step.node]
      let outputs = try evaluate(node, try preparedOperator(step.node), values: values, context: context)
      for (value, tensor) in zip(node.outputs, outputs) {
        guard let value else { continue }
        values[value.index] = tensor
        observer?(value, tensor)
      }
      for value in step.lastUses { values[value.index] = nil }
    }

    var results: [ValueID: Tensor] = [:]
    for value in plan.wanted { results[value] = values[value.index]! }
    return results
  }

  private func evaluate(
    _ node: Node, _ operation: any Operator, values: [Tensor?], context: EvaluationContext
  ) throws(ExecutionError) -> [Tensor] {
    try Session.evaluate(node, operation, in: graph, context: context) { values[$0.index] }
  }

  /// Calls one node's operator and checks that it made what the node names.
  static func evaluate(
    _ node: Node, _ operation: any Operator, in graph: Graph, context: EvaluationContext,
    valueOf: (ValueID) -> Tensor?
  ) throws(ExecutionError) -> [Tensor] {
    let inputs = OperatorInputs(node.inputs.map { $0.flatMap(valueOf) })
    let outputs: [Tensor]
    do {
      outputs = try operation.evaluate(inputs, context)
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

  /// Checks the given tensors against what the graph declares.
  private func check(
    _ inputs: [ValueID: Tensor], for plan: Plan, anyBatch: Bool
  ) throws(ExecutionError) {
    for value in graph.inputs {
      let name = graph.name(of: value)
      guard let tensor = inputs[value] else {
        guard !plan.neededInputs.contains(value) else {
          throw ExecutionError(.mismatched, "the model's input '\(name)' is not given")
        }
        continue
      }
      guard let declared = graph.values[value.index].declared else { continue }
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
