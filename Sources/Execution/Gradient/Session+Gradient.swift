public import GraphIR
import Operators
public import Tensors

extension Session {
  /// Runs a forward pass node by node and keeps what the plan's rules read of it.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each of the graph's inputs that the score depends on.
  ///   - plan: of this session.
  ///   - others: further values to fetch.
  /// - Throws: `ExecutionError` that names the input or node; a resource limit where what is kept takes more memory than
  ///   the session allows.
  public func record(
    _ inputs: [ValueID: Tensor], for plan: GradientPlan, fetching others: [ValueID] = [], anyBatch: Bool = false
  ) throws(ExecutionError) -> GradientTape {
    let allocator = TensorAllocator(limit: memoryLimit)
    var values: [ValueID: GradientCall.Value] = [:]
    for (value, tensor) in inputs where plan.described.contains(value) {
      values[value] = GradientCall.Value(tensor)
    }
    let results = try run(
      inputs, plan: self.plan(fetching: plan.kept + others.filter { !plan.kept.contains($0) }), anyBatch: anyBatch,
      allocator: allocator
    ) { value, tensor in
      guard plan.described.contains(value) else { return }
      values[value] = GradientCall.Value(shape: tensor.shape, elementType: tensor.elementType, tensor: nil)
    }
    for value in plan.kept { values[value] = results[value].map { GradientCall.Value($0) } }
    return GradientTape(
      plan, values: values, fetched: results.filter { others.contains($0.key) }, allocator: allocator)
  }

  /// The gradients of one element of a value.
  ///
  /// Several elements of one forward pass are cheaper with a plan and a tape: see `record(_:for:fetching:anyBatch:)`.
  ///
  /// - Parameters:
  ///   - score: a floating-point value.
  ///   - index: the element, see `GradientTape.seed(_:)`.
  ///   - wanted: floating-point values that the score depends on.
  ///   - inputs: a tensor for each of the graph's inputs that the score depends on.
  /// - Returns: for each wanted value a tensor of its shape.
  public func gradients(
    of score: ValueID, at index: [Int], withRespectTo wanted: [ValueID], inputs: [ValueID: Tensor],
    options: GradientOptions = GradientOptions()
  ) throws(ExecutionError) -> [ValueID: Tensor] {
    let plan = try GradientPlan(self, of: score, withRespectTo: wanted, options: options)
    let tape = try record(inputs, for: plan)
    return try tape.gradients(seed: try tape.seed(index))
  }
}
