import Tensors

/// The product of quantized matrices, quantized: the sums are exact.
///
/// - Source: ONNX operator QLinearMatMul 10, 21.
struct QLinearMatMul: Operator {
  private let product: MatMul

  init(_ node: NodeDescription) { product = MatMul(node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let (a, b) = try (inputs.required(0, "a"), inputs.required(3, "b"))
    let left = try a.centered(on: try inputs.required(2, "a_zero_point"), axis: -2, context)
    let right = try b.centered(on: try inputs.required(5, "b_zero_point"), axis: -1, context)
    let sums = try product.evaluate(OperatorInputs([left, right]), context)[0]
    let multiplier = try Tensor.multiplier(
      try inputs.required(1, "a_scale").laid(along: -2, ofRank: sums.shape.rank),
      try inputs.required(4, "b_scale").laid(along: -1, ofRank: sums.shape.rank),
      try inputs.required(6, "y_scale").laid(along: -1, ofRank: sums.shape.rank), context)
    return [try sums.requantized(by: multiplier, zeroPoint: try inputs.required(7, "y_zero_point"), context)]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard inputs.count > 3 else { return 0 }
    return product.multiplyAccumulates(inputs: [inputs[0], inputs[3]], outputs: outputs)
  }
}

/// The exact product of matrices of bytes, less their zero points, as int32.
///
/// - Source: ONNX operator MatMulInteger 10.
struct MatMulInteger: Operator {
  private let product: MatMul

  init(_ node: NodeDescription) { product = MatMul(node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let left = try inputs.required(0, "A").centered(on: inputs.optional(2), axis: -2, context)
    let right = try inputs.required(1, "B").centered(on: inputs.optional(3), axis: -1, context)
    return [try product.evaluate(OperatorInputs([left, right]), context)[0].wrappedToInt32(context)]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    product.multiplyAccumulates(inputs: inputs, outputs: outputs)
  }
}
