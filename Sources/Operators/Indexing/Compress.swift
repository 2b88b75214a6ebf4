import Tensors

/// The slices along an axis for which `condition` is true; without an axis the elements, as a vector.
///
/// - Source: ONNX operator Compress 9, 11 (negative axis), 28.
struct Compress: Operator {
  private let axis: Int?

  init(_ node: NodeDescription) throws(OperatorError) { axis = try node.int("axis") }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let given = try inputs.required(0, "input")
    let condition = try inputs.required(1, "condition")
    try condition.requireType(.bool, named: "condition")
    let x = try axis == nil ? given.reshaped(to: try Shape([given.count])) : given
    let axis = try x.shape.normalizedAxis(axis ?? 0)
    let extent = x.shape[axis]
    guard condition.shape.rank == 1, condition.count <= extent else {
      throw OperatorError.mismatched("condition has shape \(condition.shape) for an axis of \(extent)")
    }
    let kept = condition.elements(of: Bool.self).enumerated().filter(\.element).map(\.offset)
    let shape = try x.shape.replacing(axis, by: kept.count)
    let inner = x.shape.count(of: axis + 1..<x.shape.rank)
    let blocks = shape.count == 0 ? 0 : shape.count / inner
    return [
      try x.gatheringBlocks(of: inner, count: blocks, to: shape, context) { block in
        (block / kept.count * extent + kept[block % kept.count]) * inner
      }
    ]
  }
}

extension Compress: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
