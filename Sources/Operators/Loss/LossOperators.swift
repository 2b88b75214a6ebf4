extension OperatorRegistry {
  static let losses: [OperatorEntry] = [
    entry("NegativeLogLikelihoodLoss", [12, 13, 22], NegativeLogLikelihoodLoss.self),
    entry("SoftmaxCrossEntropyLoss", [12, 13], SoftmaxCrossEntropyLoss.self),
  ]
}
