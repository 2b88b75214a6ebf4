import Tensors

/// A tensor of the given shape filled with one value, the float32 0 unless `value` says otherwise.
///
/// - Source: ONNX operator ConstantOfShape 9, 20, 21, 23, 24, 25.
struct ConstantOfShape: Operator {
  private let value: Tensor

  init(_ node: NodeDescription) throws(OperatorError) {
    value = try node.tensor("value") ?? Tensor(scalar: Float(0))
    guard value.count == 1 else { throw .malformed("attribute value has shape \(value.shape), not one element") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    guard let wanted = try inputs.integers(0, "input") else {
      throw OperatorError.malformed("input 0 (input) is missing")
    }
    let shape = try Shape(wanted)
    return [try value.copied(StridedView(dimensions: [shape.count], strides: [0]), to: shape, context)]
  }
}
