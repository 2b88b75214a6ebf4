import Tensors

/// The data with each update put onto the slice that a tuple along the last axis of `indices` names.
///
/// - Source: ONNX operator ScatterND 11, 13, 16 (`reduction`), 18.
struct ScatterND: Operator {
  private let reduction: ScatterReduction

  init(_ node: NodeDescription) throws(OperatorError) { reduction = try ScatterReduction(node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let data = try inputs.required(0, "data")
    let indices = try inputs.required(1, "indices")
    let updates = try inputs.required(2, "updates")
    let tuples = try TupleIndexing(indices, into: data.shape)
    let expected = indices.shape.dimensions.dropLast() + tuples.sliceExtents
    guard updates.shape.dimensions == Array(expected) else {
      throw OperatorError.mismatched("updates have shape \(updates.shape) where \(Array(expected)) is expected")
    }
    return [try data.scattering(updates, at: tuples.places, length: tuples.sliceLength, reduction, context)]
  }
}

extension ScatterND: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index != 1 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { reduction.gradientReads }

  /// See `ScatterReduction.gradients(_:places:length:)`.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let tuples = try TupleIndexing(call.operatorInputs.required(1, "indices"), into: call.shape(0))
    return try reduction.gradients(call, places: tuples.places, length: tuples.sliceLength)
  }
}
