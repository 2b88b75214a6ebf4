import Tensors

/// The tensors of a sequence one after the other along an axis, which they have already or which is new.
///
/// - Source: ONNX operator ConcatFromSequence 11.
struct ConcatFromSequence: ValueOperator {
  private let axis: Int
  private let isNewAxis: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let axis = try node.int("axis") else { throw .malformed("attribute axis is missing") }
    self.axis = axis
    isNewAxis = try node.flag("new_axis")
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let tensors = try inputs.sequence(0, "input_sequence").tensors
    guard !tensors.isEmpty else { throw OperatorError.mismatched("the sequence is empty; a tensor is expected") }
    let result =
      isNewAxis
      ? try Tensor.stacked(tensors, newAxis: axis, context) : try Tensor.concatenated(tensors, axis: axis, context)
    return [.tensor(result)]
  }
}

extension Tensor {
  /// Tensors of one shape one after the other along a new axis, counted from the end of the result's axes where negative.
  ///
  /// - Precondition: there is one.
  /// - Throws: `mismatched` where the shapes or types differ, or there cannot be such an axis.
  static func stacked(_ parts: [Tensor], newAxis axis: Int, _ context: EvaluationContext) throws -> Tensor {
    let shape = parts[0].shape
    if let other = parts.first(where: { $0.shape != shape }) {
      throw OperatorError.mismatched("tensors of shapes \(shape) and \(other.shape) cannot be stacked")
    }
    guard axis >= -shape.rank - 1, axis <= shape.rank else {
      throw OperatorError.mismatched("axis \(axis) is outside of \(shape.rank + 1) axes")
    }
    let place = axis < 0 ? axis + shape.rank + 1 : axis
    var extents = shape.dimensions
    extents.insert(1, at: place)
    let single = try Shape(extents)
    return try concatenated(try parts.map { try $0.reshaped(to: single) }, axis: place, context)
  }
}
