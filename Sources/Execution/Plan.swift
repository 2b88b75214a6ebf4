public import GraphIR
import Operators
import Tensors

/// Which nodes to run for some wanted values, and after which of them each value is no longer needed.
public struct Plan: Sendable {
  /// One node's turn.
  struct Step: Sendable {
    /// The node's index in the graph.
    let node: Int
    /// The values that no later step reads and nobody wants: freed once the step is done.
    let lastUses: [ValueID]
  }

  let steps: [Step]

  /// The values that a run of the plan gives.
  public let wanted: [ValueID]

  /// The graph's inputs that the steps read.
  let neededInputs: Set<ValueID>

  /// Complexity: linear in the nodes and their connections.
  ///
  /// - Parameter known: values that need no node to run (initializers and folded constants).
  init(graph: Graph, wanted: [ValueID], isKnown: (ValueID) -> Bool) {
    var isNeeded = [Bool](repeating: false, count: graph.values.count)
    for value in wanted where !isKnown(value) { isNeeded[value.index] = true }
    var nodes: [Int] = []
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      guard node.outputs.contains(where: { $0.map { isNeeded[$0.index] } ?? false }) else { continue }
      nodes.append(index)
      for case let input? in node.inputs where !isKnown(input) { isNeeded[input.index] = true }
    }

    // Walking backwards, the first step that names a value is the last to use it.
    var isUsedLater = [Bool](repeating: false, count: graph.values.count)
    for value in wanted { isUsedLater[value.index] = true }
    var steps: [Step] = []
    steps.reserveCapacity(nodes.count)
    for index in nodes {
      var lastUses: [ValueID] = []
      for case let value? in graph.nodes[index].inputs + graph.nodes[index].outputs
      where !isUsedLater[value.index] && !isKnown(value) {
        isUsedLater[value.index] = true
        lastUses.append(value)
      }
      steps.append(Step(node: index, lastUses: lastUses))
    }
    self.steps = steps.reversed()
    self.wanted = wanted
    neededInputs = Set(graph.inputs.filter { isNeeded[$0.index] })
  }
}

extension Plan {
  /// Runs the nodes one after the other, and frees every value once no later node reads it.
  ///
  /// - Parameters:
  ///   - graph: the plan's.
  ///   - values: by value; what is known is there, and what is wanted is there afterwards.
  ///   - observer: sees every value as it is made.
  ///   - operation: gives a node's operator.
  func run(
    in graph: Graph, values: inout [RuntimeValue?], _ context: EvaluationContext,
    observer: ((ValueID, RuntimeValue) -> Void)? = nil,
    operation: (_ node: Int) throws(ExecutionError) -> any Operator
  ) throws(ExecutionError) {
    for step in steps {
      try step.run(in: graph, values: &values, context, observer: observer, operation: operation)
      step.freeLastUses(in: &values)
    }
  }
}

extension Plan.Step {
  /// Runs the node; the parameters are as for the plan's.
  func run(
    in graph: Graph, values: inout [RuntimeValue?], _ context: EvaluationContext,
    observer: ((ValueID, RuntimeValue) -> Void)? = nil,
    operation: (_ node: Int) throws(ExecutionError) -> any Operator
  ) throws(ExecutionError) {
    let outputs = try Session.evaluate(graph.nodes[node], try operation(node), in: graph, context: context) {
      values[$0.index]
    }
    for (value, made) in zip(graph.nodes[node].outputs, outputs) {
      guard let value else { continue }
      values[value.index] = made
      observer?(value, made)
    }
  }

  /// Frees what no later step reads.
  func freeLastUses(in values: inout [RuntimeValue?]) {
    for value in lastUses { values[value.index] = nil }
  }
}
