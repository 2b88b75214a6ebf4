import Tensors

/// A step of Adagrad: with g = norm_coefficient · X + G, H grows by g², and X falls by r · g / (√H + epsilon), where
/// r = R / (1 + T · decay_factor).
///
/// - Source: ONNX operator ai.onnx.preview.training.Adagrad 1; Duchi et al., JMLR 12 (2011).
struct Adagrad: Operator {
  private let normCoefficient: Double
  private let decayFactor: Double
  private let epsilon: Double

  init(_ node: NodeDescription) throws(OperatorError) {
    normCoefficient = try node.double("norm_coefficient", default: 0)
    decayFactor = try node.double("decay_factor", default: 0)
    epsilon = try node.double("epsilon", default: 1e-6)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let optimized = try OptimizerInputs(inputs, groups: 3)
    let rate = optimized.rate / (1 + optimized.updates * decayFactor)
    return try optimized.updated(results: 2, context) { values in
      let gradient = normCoefficient * values[0] + values[1]
      let squares = values[2] + gradient * gradient
      return [values[0] - rate * gradient / (squares.squareRoot() + epsilon), squares]
    }
  }
}
