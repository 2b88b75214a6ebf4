import Tensors

/// Runs a graph again and again: as often as the trip count says, and as long as a condition holds. What is no input does
/// not end it: without `cond`, the condition that the graph gives does not count.
///
/// The graph takes the round's number, the condition and the state, and gives the condition, the state and a tensor for
/// each scan output, whose tensors are stacked along a new first axis.
///
/// - Source: ONNX operator Loop 1, 11, 13 (sequences), 16 (optional values), 19, 21, 23, 24, 25.
struct Loop: ValueOperator {
  private var body: NodeBody
  private let stateCount: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    body = try node.body("body")
    stateCount = max(0, node.inputCount - 2)
    guard body.inputCount == 2 + stateCount else {
      throw .malformed("body has \(body.inputCount) inputs; \(2 + stateCount) are expected")
    }
    let wanted = max(1 + stateCount, 1 + node.outputCount)
    guard body.outputCount >= wanted else {
      throw .malformed("body has \(body.outputCount) outputs; at least \(wanted) are expected")
    }
  }

  func prepared(constants: [Tensor?], _ context: EvaluationContext) -> any Operator {
    var result = self
    result.body = body.prepared(constants: constants)
    return result
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let tripCount = try inputs.integer(0, "M") ?? .max
    let given = inputs.optional(1)
    var condition = given ?? .tensor(Tensor(scalar: true))
    var isGoingOn = try condition.asCondition("input cond")
    var state: [RuntimeValue] = []
    for index in 0..<stateCount { state.append(try inputs.required(2 + index, "v_initial \(index)")) }
    var scans = [[Tensor]](repeating: [], count: body.outputCount - 1 - stateCount)
    var round = 0
    while isGoingOn, round < tripCount {
      try context.iterations.take(1)
      let outputs = try body.run([.tensor(Tensor(scalar: Int64(round))), condition] + state, values: inputs, context)
      if given != nil {
        condition = outputs[0]
        isGoingOn = try condition.asCondition("the condition that body gives")
      }
      state = Array(outputs[1..<1 + stateCount])
      for index in scans.indices {
        let output = 1 + stateCount + index
        scans[index].append(try outputs[output].asTensor("output \(output) of body"))
      }
      round += 1
    }
    return try state
      + scans.enumerated().map { index, parts in
        .tensor(
          parts.isEmpty
            ? try body.noResults(ofOutput: 1 + stateCount + index, axis: 0, context)
            : try Tensor.stacked(parts, newAxis: 0, context))
      }
  }
}
