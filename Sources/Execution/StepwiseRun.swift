public import GraphIR
import Operators
public import Tensors

/// A run that stops after every node, so that two runs can go side by side and a node's inputs can be looked at when its
/// outputs are there.
public struct StepwiseRun {
  private let session: Session
  private let plan: Plan
  private let context: EvaluationContext
  private var values: [RuntimeValue?]
  /// How many of the plan's steps are done.
  private var done = 0

  /// Nothing runs yet.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each of the graph's inputs that the plan reads.
  ///   - plan: from the session's `plan(fetching:)`; nil gives the graph's outputs.
  /// - Throws: `ExecutionError` that names an input that is missing or not as the graph declares it.
  public init(
    _ session: Session, inputs: [ValueID: Tensor], plan: Plan? = nil, allocator: TensorAllocator? = nil
  ) throws(ExecutionError) {
    self.session = session
    let plan = plan ?? session.plan()
    self.plan = plan
    context = session.makeContext(allocator: allocator)
    values = try session.startingValues(inputs.mapValues { .tensor($0) }, for: plan, anyBatch: false)
  }

  /// Runs the next node, after freeing what only the one before it still read.
  ///
  /// - Returns: the node's index in the session's graph; nil where all have run.
  /// - Throws: `ExecutionError` that names the node.
  public mutating func step() throws(ExecutionError) -> Int? {
    if done > 0 { plan.steps[done - 1].freeLastUses(in: &values) }
    guard done < plan.steps.count else { return nil }
    let step = plan.steps[done]
    try step.run(in: session.graph, values: &values, context) { (index) throws(ExecutionError) in
      try session.preparedOperator(index)
    }
    done += 1
    return step.node
  }

  /// The tensor that a value is now: constants, inputs, what the last node read and made, and what later nodes read;
  /// nil where it is freed, not made yet or no tensor.
  public subscript(value: ValueID) -> Tensor? { values[value.index]?.tensor }
}

extension Session {
  /// The tensor of a value that is the same in every run: an initializer, or what nodes make of constants alone.
  public func constant(_ value: ValueID) -> Tensor? { constants[value] }
}

extension Plan {
  /// The indices of the nodes that run, in order.
  public var nodes: [Int] { steps.map(\.node) }
}
