import Tensors

/// −input at each sample's own class, times the class's weight: input N×C×… holds logarithms of probabilities, target
/// N×… the classes.
///
/// - Source: ONNX operator NegativeLogLikelihoodLoss 12, 13, 22.
struct NegativeLogLikelihoodLoss: Operator {
  private let loss: ClassLoss

  init(_ node: NodeDescription) throws(OperatorError) { loss = try ClassLoss(node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let input = try inputs.required(0, "input")
    let y = try loss.evaluate(
      logProbabilities: input, targets: inputs.required(1, "target"), weights: inputs.optional(2), context)
    return [try y.rounded(to: input.elementType, context)]
  }
}
