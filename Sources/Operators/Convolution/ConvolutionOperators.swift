extension OperatorRegistry {
  static let convolutions: [OperatorEntry] = [
    entry("Conv", [1, 11, 22], Conv.self),
    entry("ConvTranspose", [1, 11, 22], ConvTranspose.self),
  ]
}
