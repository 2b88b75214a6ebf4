extension OperatorRegistry {
  static let activations: [OperatorEntry] = [
    entry("Relu", [1, 6, 13, 14], Relu.self)
  ]
}
