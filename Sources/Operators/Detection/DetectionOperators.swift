extension OperatorRegistry {
  static let detection: [OperatorEntry] = [
    entry("NonMaxSuppression", [10, 11], NonMaxSuppression.self)
  ]
}
