import Tensors

/// The slices of the data that the tuples along the last axis of `indices` name.
///
/// - Source: ONNX operator GatherND 11, 12 (`batch_dims`), 13.
struct GatherND: Operator {
  private let batchAxes: Int

  init(_ node: NodeDescription) throws(OperatorError) { batchAxes = try node.int("batch_dims") ?? 0 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let data = try inputs.required(0, "data")
    let indices = try inputs.required(1, "indices")
    let tuples = try TupleIndexing(indices, into: data.shape, batchAxes: batchAxes)
    let shape = try Shape(indices.shape.dimensions.dropLast() + tuples.sliceExtents)
    return [
      try data.gatheringBlocks(of: tuples.sliceLength, count: tuples.places.count, to: shape, context) {
        tuples.places[$0]
      }
    ]
  }
}

extension GatherND: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
