import Tensors

/// −ln softmax(scores) at each sample's own class, times the class's weight: scores N×C×…, labels N×…. A second output
/// has all the logarithms.
///
/// - Source: ONNX operator SoftmaxCrossEntropyLoss 12, 13.
struct SoftmaxCrossEntropyLoss: Operator {
  private let loss: ClassLoss

  init(_ node: NodeDescription) throws(OperatorError) { loss = try ClassLoss(node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let scores = try inputs.required(0, "scores")
    let wide = try scores.requireFloats(named: "scores").converted(to: .float64, context)
    let logarithms = try LogSoftmax(along: 1).evaluate(OperatorInputs([wide]), context)[0]
    let y = try loss.evaluate(
      logProbabilities: logarithms, targets: inputs.required(1, "labels"), weights: inputs.optional(2), context)
    return [
      try y.rounded(to: scores.elementType, context), try logarithms.rounded(to: scores.elementType, context),
    ]
  }
}
