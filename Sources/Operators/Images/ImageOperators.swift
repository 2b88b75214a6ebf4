extension OperatorRegistry {
  static let images: [OperatorEntry] = [
    entry("ImageDecoder", [20], ImageDecoder.self)
  ]
}
