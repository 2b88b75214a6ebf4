extension OperatorRegistry {
  static let convolutions: [OperatorEntry] = [
    entry("Col2Im", [18], Col2Im.self),
    entry("Conv", [1, 11, 22], Conv.self),
    entry("ConvTranspose", [1, 11, 22], ConvTranspose.self),
    entry("DeformConv", [19, 22], DeformConv.self),
  ]
}
