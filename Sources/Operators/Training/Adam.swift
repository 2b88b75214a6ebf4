import Tensors

/// A step of Adam: with g = norm_coefficient · X + G, the means V of g and H of g² are moved on with the coefficients
/// alpha and beta, and X falls by r · V / (√H + epsilon), where r = R · √(1 − beta^T) / (1 − alpha^T), or R for T = 0.
///
/// - Source: ONNX operator ai.onnx.preview.training.Adam 1; Kingma and Ba, https://arxiv.org/abs/1412.6980.
struct Adam: Operator {
  private let normCoefficient: Double
  private let normCoefficientPost: Double
  private let alpha: Double
  private let beta: Double
  private let epsilon: Double

  init(_ node: NodeDescription) throws(OperatorError) {
    normCoefficient = try node.double("norm_coefficient", default: 0)
    normCoefficientPost = try node.double("norm_coefficient_post", default: 0)
    alpha = try node.double("alpha", default: 0.9)
    beta = try node.double("beta", default: 0.999)
    epsilon = try node.double("epsilon", default: 1e-6)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let optimized = try OptimizerInputs(inputs, groups: 4)
    let updates = optimized.updates
    let correction = updates > 0 ? (1 - beta.power(updates)).squareRoot() / (1 - alpha.power(updates)) : 1
    let rate = optimized.rate * correction
    return try optimized.updated(results: 3, context) { values in
      let gradient = normCoefficient * values[0] + values[1]
      let mean = alpha * values[2] + (1 - alpha) * gradient
      let squares = beta * values[3] + (1 - beta) * gradient * gradient
      let new = values[0] - rate * mean / (squares.squareRoot() + epsilon)
      return [(1 - normCoefficientPost) * new, mean, squares]
    }
  }
}
