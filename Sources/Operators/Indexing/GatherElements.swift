import Tensors

/// For each index the element of the data at the index's own place, but along `axis` at its value.
///
/// - Source: ONNX operator GatherElements 11, 13.
struct GatherElements: Operator {
  private let axis: Int

  init(_ node: NodeDescription) throws(OperatorError) { axis = try node.int("axis") ?? 0 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let data = try inputs.required(0, "data")
    let indices = try inputs.required(1, "indices")
    let axis = try data.shape.normalizedAxis(axis)
    let places = try ElementIndexing(indices, into: data.shape, axis: axis).places()
    return [try data.gatheringBlocks(of: 1, count: places.count, to: indices.shape, context) { places[$0] }]
  }
}

extension GatherElements: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
