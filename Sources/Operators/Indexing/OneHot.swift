import Tensors

/// For each index a vector along a new axis that is `values[1]` at the index and `values[0]` elsewhere; an index outside
/// of ±depth gives `values[0]` alone.
///
/// - Source: ONNX operator OneHot 9, 11 (negative indices and axis), 28.
struct OneHot: Operator {
  private let axis: Int

  init(_ node: NodeDescription) throws(OperatorError) { axis = try node.int("axis") ?? -1 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let indices = try inputs.required(0, "indices")
    let depths = try inputs.required(1, "depth")
    let values = try inputs.required(2, "values")
    guard depths.count == 1, let depth = Int(exactly: try depths.doubles()[0].rounded(.towardZero)), depth >= 0 else {
      throw OperatorError.mismatched("depth is not one number that is not negative")
    }
    guard values.count == 2 else {
      throw OperatorError.mismatched("values have shape \(values.shape); the two values off and on are expected")
    }
    let extents = indices.shape.dimensions
    let axis = try Shape(extents + [1]).normalizedAxis(axis)
    let shape = try Shape(extents[..<axis] + [depth] + extents[axis...])
    let inner = indices.shape.count(of: axis..<extents.count)
    let hot = try indices.doubles().map { $0 < 0 ? $0 + Double(depth) : $0 }
    return [
      try values.gatheringBlocks(of: 1, count: shape.count, to: shape, context) { element in
        let place = element / inner / depth * inner + element % inner
        return hot[place] == Double(element / inner % depth) ? 1 : 0
      }
    ]
  }
}
