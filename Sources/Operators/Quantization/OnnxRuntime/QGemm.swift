import Tensors

/// Y = alpha · A · B + C of quantized matrices, quantized, or as float32 where no scale of the result is given: the sums
/// are exact. C is of int32, in steps of alpha times both scales. B's scale and zero point may differ by column.
///
/// - Source: onnxruntime, ContribOperators.md.
struct QGemm: Operator {
  private let alpha: Float
  private let sum: Gemm
  private let isRightTransposed: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    alpha = try node.float("alpha") ?? 1
    var attributes = node.attributes
    attributes["alpha"] = nil
    sum = try Gemm(
      NodeDescription(
        operatorName: "Gemm", version: 13, presentInputs: [true, true, node.hasInput(6)], outputCount: 1,
        attributes: attributes))
    guard node.hasInput(7) == node.hasInput(8) else {
      throw .malformed("of the result's scale and zero point, one is given without the other")
    }
    isRightTransposed = try node.int("transB") ?? 0 != 0
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A").centered(on: try inputs.required(2, "a_zero_point"), axis: 0, context)
    let b = try inputs.required(3, "B").centered(
      on: try inputs.required(5, "b_zero_point"), axis: isRightTransposed ? 0 : 1, context)
    let c = inputs.optional(6)
    try c?.requireType(.int32, named: "C")
    let sums = try sum.evaluate(OperatorInputs([a, b, try c?.converted(to: .float64, context)]), context)[0]
    let y = inputs.optional(7)
    let steps = try Tensor.multiplier(
      try inputs.required(1, "a_scale"), try inputs.required(4, "b_scale"), y ?? Tensor(scalar: Float(1)), context)
    let multiplier: Tensor = try steps.mapped(context) { (step: Double) in Double(Float(step) * alpha) }
    if y != nil {
      return [try sums.requantized(by: multiplier, zeroPoint: try inputs.required(8, "y_zero_point"), context)]
    }
    let product: Tensor = try .combined(sums, multiplier, context) { (sum: Double, factor: Double) in
      Float(sum) * Float(factor)
    }
    guard product.shape == sums.shape else {
      throw OperatorError.mismatched("scales of shape \(multiplier.shape) do not fit an output of shape \(sums.shape)")
    }
    return [product]
  }
}
