extension OperatorRegistry {
  static let normalizations: [OperatorEntry] = []
}
