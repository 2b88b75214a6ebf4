import Tensors

/// A step down the gradient with momentum: with g = norm_coefficient · X + G, V becomes alpha · V + beta · g (g itself
/// counts in full for T = 0), and X falls by R · V, or with Nesterov's rule by R · (g + alpha · V).
///
/// - Source: ONNX operator ai.onnx.preview.training.Momentum 1.
struct Momentum: Operator {
  private let normCoefficient: Double
  private let alpha: Double
  private let beta: Double
  private let isNesterov: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    normCoefficient = try node.requiredDouble("norm_coefficient")
    alpha = try node.requiredDouble("alpha")
    beta = try node.requiredDouble("beta")
    switch try node.string("mode") {
    case "standard": isNesterov = false
    case "nesterov": isNesterov = true
    case let other: throw .malformed("attribute mode is '\(other ?? "")', not standard or nesterov")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let optimized = try OptimizerInputs(inputs, groups: 3)
    let factor = optimized.updates > 0 ? beta : 1
    return try optimized.updated(results: 2, context) { values in
      let gradient = normCoefficient * values[0] + values[1]
      let momentum = alpha * values[2] + factor * gradient
      return [values[0] - optimized.rate * (isNesterov ? gradient + alpha * momentum : momentum), momentum]
    }
  }
}
