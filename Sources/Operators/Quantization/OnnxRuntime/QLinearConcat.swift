import Tensors

/// Quantized tensors one after the other along an axis, all in steps of the result's scale.
///
/// Inputs are the result's scale and zero point, and then for each tensor itself, its scale and its zero point.
///
/// - Source: onnxruntime, ContribOperators.md.
struct QLinearConcat: Operator {
  private let axis: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let axis = try node.int("axis") else { throw .malformed("attribute axis is missing") }
    self.axis = axis
    guard node.presentInputs.count % 3 == 2 else {
      throw .malformed("there are \(node.presentInputs.count) inputs, which are not two and three for each tensor")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let parts = try stride(from: 2, to: inputs.count, by: 3).map { index in
      let part = try inputs.dequantized(index, "X", context)
      return try part.quantized(by: inputs, scale: 0, as: try inputs.required(index, "X").elementType, context)
    }
    return [try Tensor.concatenated(parts, axis: axis, context)]
  }
}
