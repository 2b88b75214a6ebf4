extension OperatorRegistry {
  static let pooling: [OperatorEntry] = []
}
