extension OperatorRegistry {
  static let pooling: [OperatorEntry] = [
    entry("AveragePool", [1, 7, 10, 11, 19, 22], AveragePool.self),
    entry("GlobalAveragePool", [1, 22], GlobalAveragePool.self),
    entry("GlobalLpPool", [1, 2, 22], GlobalLpPool.self),
    entry("GlobalMaxPool", [1, 22], GlobalMaxPool.self),
    entry("LpPool", [1, 2, 11, 18, 22], LpPool.self),
    entry("MaxPool", [1, 8, 10, 11, 12, 22], MaxPool.self),
    entry("MaxRoiPool", [1, 22], MaxRoiPool.self),
    entry("MaxUnpool", [9, 11, 22], MaxUnpool.self),
  ]
}
