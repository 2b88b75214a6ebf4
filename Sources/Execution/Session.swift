public import GraphIR
public import Kernels
public import Operators
import Tensors

/// A graph that is ready to run: every node has its operator, constants are folded.
///
/// Immutable; may be shared and run from several threads at once. The same inputs give the same bits for any number of
/// threads and any set of fetched values.
public final class Session: Sendable {
  /// The graph that runs: the given one, in which branches whose condition is constant have taken the place of their
  /// `If` nodes. Values of the given graph keep their ids and names.
  public let graph: Graph

  /// The threads that runs use.
  public let pool: ThreadPool

  /// The most bytes that the tensors of a run may take: at most the machine's memory.
  public let memoryLimit: Int

  /// The most rounds that the loops of a run may take together.
  public let iterationLimit: Int

  /// The operator of each node.
  let operators: [any Operator]

  /// The same, prepared for their constant inputs.
  private let prepared: PreparedOperators

  /// The values that are the same in every run: initializers, and what nodes make of constants alone.
  let constants: [ValueID: Tensor]

  /// How many nodes were folded into constants.
  public let foldedNodeCount: Int

  /// Looks up the operators of all nodes and folds constants.
  ///
  /// - Parameters:
  ///   - pool: the threads that this and the runs use.
  ///   - memoryLimit: the most bytes that the tensors of one run may take, weights apart.
  ///   - iterationLimit: the most rounds that the loops of one run may take together.
  /// - Throws: `ExecutionError` that names all nodes that cannot run.
  public init(
    graph given: Graph, pool: ThreadPool, memoryLimit: Int = .max,
    iterationLimit: Int = IterationBudget.standardLimit
  ) throws(ExecutionError) {
    let context = EvaluationContext(
      pool: pool, allocator: TensorAllocator(limit: memoryLimit), iterations: IterationBudget(limit: iterationLimit))
    let graph = given.resolvingConstantBranches(context)
    let operators = try Session.makeOperators(of: graph)
    let constants = try Session.fold(graph: graph, operators: operators, context: context)
    self.graph = graph
    self.pool = pool
    self.memoryLimit = context.allocator.limit
    self.iterationLimit = iterationLimit
    self.constants = constants
    self.operators = operators
    prepared = PreparedOperators(operators, of: graph, constants: constants)
    foldedNodeCount = graph.nodes.count { node in
      node.outputs.allSatisfy { $0.map { constants[$0] != nil } ?? true }
    }
  }

  /// The operator of each node.
  ///
  /// - Throws: `ExecutionError` that names all nodes that cannot run.
  public static func makeOperators(of graph: Graph) throws(ExecutionError) -> [any Operator] {
    var operators: [any Operator] = []
    var faults: [ExecutionError] = []
    operators.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      do {
        operators.append(try makeOperator(for: node, in: graph))
      } catch {
        faults.append(ExecutionError(error, node: node, in: graph))
      }
    }
    guard faults.isEmpty else { throw ExecutionError(faults, outOf: graph.nodes.count) }
    return operators
  }

  /// The operator of a node, with the graphs in its attributes ready to run.
  static func makeOperator(for node: Node, in graph: Graph) throws(OperatorError) -> any Operator {
    try OperatorRegistry.makeOperator(
      for: node, opsets: graph.opsets,
      outerNames: node.inputs.dropFirst(node.ownInputCount).compactMap { $0.map { graph.name(of: $0) } },
      makeBody: { (body) throws(OperatorError) in
        do throws(ExecutionError) { return try SubgraphBody(body) } catch {
          throw OperatorError(error.kind, error.description)
        }
      })
  }

  /// The operator of a node, prepared for its constant inputs.
  func preparedOperator(_ index: Int) throws(ExecutionError) -> any Operator {
    try prepared.operation(index, makeContext())
  }
}
