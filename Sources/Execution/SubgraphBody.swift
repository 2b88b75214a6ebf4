import GraphIR
import Operators
import Tensors

/// A graph in a node's attribute, ready to run: its operators are made, and their order is known.
///
/// It runs in the plain form, on values that nobody outside can fetch or observe.
final class SubgraphBody: GraphBody {
  let graph: Graph
  private let operators: [any Operator]
  private let plan: Plan

  /// The initializers, each at its value's place.
  private let known: [RuntimeValue?]

  /// - Throws: `ExecutionError` that names all nodes that cannot run.
  init(_ graph: Graph) throws(ExecutionError) {
    self.graph = graph
    operators = try Session.makeOperators(of: graph)
    plan = Plan(graph: graph, wanted: graph.outputs, isKnown: { graph.initializers[$0] != nil })
    var known = [RuntimeValue?](repeating: nil, count: graph.values.count)
    for (value, tensor) in graph.initializers { known[value.index] = .tensor(tensor) }
    self.known = known
  }

  func run(
    _ inputs: [RuntimeValue], outer: [RuntimeValue], _ context: EvaluationContext
  ) throws -> [RuntimeValue] {
    var values = known
    for (value, given) in zip(graph.inputs, inputs) { values[value.index] = given }
    for (value, given) in zip(graph.outerValues, outer) { values[value.index] = given }
    try plan.run(in: graph, values: &values, context) { (index) throws(ExecutionError) in operators[index] }
    return graph.outputs.map { values[$0.index]! }
  }
}
