import GraphIR
import Operators
import Tensors

/// The operators of a graph, each prepared for its constant inputs when it is first asked for: packing weights waits
/// until they are used. May be asked from several threads at once.
final class PreparedOperators: @unchecked Sendable {
  private let graph: Graph
  private let operators: [any Operator]
  private let constants: [ValueID: Tensor]

  /// Touched under the lock alone.
  private var prepared: [(any Operator)?]
  private let lock = SystemLock()

  /// - Parameter constants: the values that are the same in every run.
  init(_ operators: [any Operator], of graph: Graph, constants: [ValueID: Tensor]) {
    self.graph = graph
    self.operators = operators
    self.constants = constants
    prepared = .init(repeating: nil, count: operators.count)
  }

  /// The operator of the node at `index`.
  ///
  /// - Parameter makeContext: what preparing may use.
  func operation(
    _ index: Int, _ makeContext: @autoclosure () -> EvaluationContext
  ) throws(ExecutionError) -> any Operator {
    if let operation = lock.withLock({ prepared[index] }) { return operation }
    let node = graph.nodes[index]
    let known = node.inputs.map { $0.flatMap { constants[$0] } }
    var operation = operators[index]
    if known.contains(where: { $0 != nil }) {
      do {
        operation = try operation.prepared(constants: known, makeContext())
      } catch {
        throw ExecutionError(error, node: node, in: graph)
      }
    }
    lock.withLock { prepared[index] = operation }
    return operation
  }
}
