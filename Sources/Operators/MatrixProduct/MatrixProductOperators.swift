extension OperatorRegistry {
  static let matrixProducts: [OperatorEntry] = []
}
