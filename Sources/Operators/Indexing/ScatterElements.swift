import Tensors

/// The data with each update put at the place of its index, but along `axis` at the index's value.
///
/// - Source: ONNX operators ScatterElements 11, 13, 16 (`reduction`), 18 and Scatter 9, 11.
struct ScatterElements: Operator {
  private let axis: Int
  private let reduction: ScatterReduction

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? 0
    reduction = try ScatterReduction(node)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let data = try inputs.required(0, "data")
    let indices = try inputs.required(1, "indices")
    let updates = try inputs.required(2, "updates")
    guard updates.shape == indices.shape else {
      throw OperatorError.mismatched("indices have shape \(indices.shape), updates \(updates.shape)")
    }
    let axis = try data.shape.normalizedAxis(axis)
    let places = try ElementIndexing(indices, into: data.shape, axis: axis).places()
    return [try data.scattering(updates, at: places, length: 1, reduction, context)]
  }
}

extension ScatterElements: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index != 1 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { reduction.gradientReads }

  /// See `ScatterReduction.gradients(_:places:length:)`.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let axis = try shape.normalizedAxis(axis)
    let indices = try call.operatorInputs.required(1, "indices")
    let places = try ElementIndexing(indices, into: shape, axis: axis).places()
    return try reduction.gradients(call, places: places, length: 1)
  }
}
