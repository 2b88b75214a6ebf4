import Tensors

/// Slices along an axis, picked by `indices`, whose shape takes the place of the axis.
///
/// - Source: ONNX operator Gather 1, 11 (negative indices), 13.
struct Gather: Operator {
  private let axis: Int

  init(_ node: NodeDescription) throws(OperatorError) { axis = try node.int("axis") ?? 0 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let data = try inputs.required(0, "data")
    let indices = try inputs.required(1, "indices")
    let axis = try data.shape.normalizedAxis(axis)
    let extent = data.shape[axis]
    let positions = try indices.positions(along: extent, named: "indices")
    let extents = data.shape.dimensions
    let shape = try Shape(extents[..<axis] + indices.shape.dimensions + extents[(axis + 1)...])
    guard shape.count > 0 else { return [try data.gatheringBlocks(of: 0, count: 0, to: shape, context) { $0 }] }
    let inner = data.shape.count(of: axis + 1..<data.shape.rank)
    let outer = data.shape.count(of: 0..<axis)
    return [
      try data.gatheringBlocks(of: inner, count: outer * positions.count, to: shape, context) { block in
        (block / positions.count * extent + positions[block % positions.count]) * inner
      }
    ]
  }
}

extension Gather: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
