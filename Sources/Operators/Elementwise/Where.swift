import Tensors

/// The element of X where the condition is true, of Y where it is false; all three broadcast to each other. For any
/// element type.
///
/// - Source: ONNX operator Where 9, 16.
struct Where: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let condition = try inputs.required(0, "condition")
    let x = try inputs.required(1, "X")
    let y = try inputs.required(2, "Y")
    try condition.requireType(.bool, named: "condition")
    try y.requireType(x.elementType, named: "Y")
    let choice = Choice(
      condition: condition, x: x, y: y, loop: try BroadcastLoop(condition.shape, x.shape, y.shape), context: context)
    switch x.elementType.byteCount {
    case 0: return [try choice.strings()]
    case 1: return [try choice.elements(UInt8.self)]
    case 2: return [try choice.elements(UInt16.self)]
    case 4: return [try choice.elements(UInt32.self)]
    default: return [try choice.elements(UInt64.self)]
    }
  }
}

private struct Choice {
  let condition: Tensor
  let x: Tensor
  let y: Tensor
  let loop: BroadcastLoop
  let context: EvaluationContext

  func elements<Word: BitwiseCopyable>(_ type: Word.Type) throws -> Tensor {
    try Tensor(loop.shape, x.elementType, allocator: context.allocator) { target in
      condition.withElements(of: Bool.self) { condition in
        x.withUnsafeBytes { x in
          y.withUnsafeBytes { y in
            nonisolated(unsafe) let condition = condition
            nonisolated(unsafe) let x = x.bindMemory(to: type)
            nonisolated(unsafe) let y = y.bindMemory(to: type)
            nonisolated(unsafe) let target = target.bindMemory(to: type)
            let (conditionStep, xStep, yStep) = (loop.steps[0], loop.steps[1], loop.steps[2])
            loop.forEachRun(context.pool) { run in
              for index in 0..<run.count {
                target[run.target + index] =
                  condition[run.first + index * conditionStep]
                  ? x[run.second + index * xStep] : y[run.third + index * yStep]
              }
            }
          }
        }
      }
    }
  }

  func strings() throws -> Tensor {
    try requireStringMemory(loop.shape.count, context)
    let condition = try condition.copied(view(of: condition), to: loop.shape, context).elements(of: Bool.self)
    let x = try x.copied(view(of: x), to: loop.shape, context).strings
    let y = try y.copied(view(of: y), to: loop.shape, context).strings
    return Tensor(loop.shape, strings: condition.indices.map { condition[$0] ? x[$0] : y[$0] })
  }

  private func view(of tensor: Tensor) -> StridedView {
    StridedView(dimensions: loop.shape.dimensions, strides: tensor.shape.strides(broadcastTo: loop.shape))
  }
}

extension Where: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index > 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂z where the condition is true, else 0, and ∂L/∂y the other way round; summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let gradient = try call.gradient()
    guard let condition = call.operatorInputs.optional(0) else {
      throw OperatorError.mismatched("the condition is not kept for the gradient")
    }
    let zero = try Tensor.scalar(0, of: gradient.elementType)
    return try call.forEachWanted { index in
      let pair = index == 1 ? [condition, gradient, zero] : [condition, zero, gradient]
      return try evaluate(OperatorInputs(pair), call.context)[0].summed(to: call.shape(index), call.context)
    }
  }
}
