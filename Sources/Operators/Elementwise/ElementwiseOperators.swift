extension OperatorRegistry {
  static let elementwise: [OperatorEntry] = []
}
