import GraphIR
import Operators
import Tensors

/// A graph in a node's attribute, ready to run: its operators are made, and their order is known.
///
/// It runs in the plain form, on values that nobody outside can fetch or observe.
final class SubgraphBody: GraphBody {
  let graph: Graph
  private let operators: [any Operator]
  private let prepared: PreparedOperators
  private let plan: Plan

  /// The initializers, each at its value's place.
  private let known: [RuntimeValue?]

  /// - Throws: `ExecutionError` that names all nodes that cannot run.
  init(_ graph: Graph) throws(ExecutionError) {
    self.graph = graph
    operators = try Session.makeOperators(of: graph)
    prepared = PreparedOperators(operators, of: graph, constants: graph.initializers)
    plan = Plan(graph: graph, wanted: graph.outputs, isKnown: { graph.initializers[$0] != nil })
    var known = [RuntimeValue?](repeating: nil, count: graph.values.count)
    for (value, tensor) in graph.initializers { known[value.index] = .tensor(tensor) }
    self.known = known
  }

  /// The same graph where some of what it takes from outside never changes.
  private init(_ other: SubgraphBody, constants: [ValueID: Tensor]) {
    graph = other.graph
    operators = other.operators
    prepared = PreparedOperators(operators, of: graph, constants: constants)
    plan = other.plan
    known = other.known
  }

  func prepared(outer: [Tensor?]) -> any GraphBody {
    var constants = graph.initializers
    for case (let value, let tensor?) in zip(graph.outerValues, outer) { constants[value] = tensor }
    return SubgraphBody(self, constants: constants)
  }

  func run(
    _ inputs: [RuntimeValue], outer: [RuntimeValue], _ context: EvaluationContext
  ) throws -> [RuntimeValue] {
    var values = known
    for (value, given) in zip(graph.inputs, inputs) { values[value.index] = given }
    for (value, given) in zip(graph.outerValues, outer) { values[value.index] = given }
    try plan.run(in: graph, values: &values, context) { (index) throws(ExecutionError) in
      try prepared.operation(index, context)
    }
    return graph.outputs.map { values[$0.index]! }
  }
}
