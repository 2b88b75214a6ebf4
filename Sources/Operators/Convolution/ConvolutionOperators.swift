extension OperatorRegistry {
  static let convolutions: [OperatorEntry] = []
}
