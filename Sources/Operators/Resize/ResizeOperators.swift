extension OperatorRegistry {
  static let resizes: [OperatorEntry] = [
    entry("Resize", [10, 11, 13, 18, 19], Resize.self),
    entry("Upsample", [1, 7, 9, 10], Upsample.self),
  ]
}
