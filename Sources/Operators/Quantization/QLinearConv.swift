import Tensors

/// The convolution of quantized images, quantized: the sums are exact. Scales and zero points of the weights may differ
/// from one output channel to the next.
///
/// - Source: ONNX operator QLinearConv 10.
struct QLinearConv: Operator {
  private let convolution: Conv

  init(_ node: NodeDescription) throws(OperatorError) { convolution = try Conv(quantized: node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let (x, w) = try (inputs.required(0, "x"), inputs.required(3, "w"))
    let image = try x.centered(on: try inputs.required(2, "x_zero_point"), axis: 1, context)
    let weights = try w.centered(on: try inputs.required(5, "w_zero_point"), axis: 0, context)
    let bias = try inputs.optional(8)?.converted(to: .float64, context)
    let sums = try convolution.evaluate(OperatorInputs([image, weights, bias]), context)[0]
    let multiplier = try Tensor.multiplier(
      try inputs.required(1, "x_scale").laid(along: 1, ofRank: sums.shape.rank),
      try inputs.required(4, "w_scale").laid(along: 1, ofRank: sums.shape.rank),
      try inputs.required(6, "y_scale").laid(along: 1, ofRank: sums.shape.rank), context)
    return [try sums.requantized(by: multiplier, zeroPoint: try inputs.required(7, "y_zero_point"), context)]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard inputs.count > 3 else { return 0 }
    return convolution.multiplyAccumulates(inputs: [inputs[0], inputs[3]], outputs: outputs)
  }
}

/// The exact convolution of bytes, less their zero points, as int32.
///
/// - Source: ONNX operator ConvInteger 10.
struct ConvInteger: Operator {
  private let convolution: Conv

  init(_ node: NodeDescription) throws(OperatorError) { convolution = try Conv(quantized: node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let image = try inputs.required(0, "x").centered(on: inputs.optional(2), axis: 1, context)
    let weights = try inputs.required(1, "w").centered(on: inputs.optional(3), axis: 0, context)
    return [try convolution.evaluate(OperatorInputs([image, weights]), context)[0].wrappedToInt32(context)]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    convolution.multiplyAccumulates(inputs: inputs, outputs: outputs)
  }
}

extension Conv {
  /// The convolution that a quantized one computes on its centered inputs; the attributes are the same.
  fileprivate init(quantized node: NodeDescription) throws(OperatorError) {
    try self.init(
      NodeDescription(
        operatorName: "Conv", version: 11, presentInputs: [true, true, node.hasInput(8)], outputCount: 1,
        attributes: node.attributes))
  }
}
