extension OperatorRegistry {
  static let sampling: [OperatorEntry] = [
    entry("AffineGrid", [20], AffineGrid.self),
    entry("GridSample", [16, 20, 22], GridSample.self),
    entry("RoiAlign", [10, 16, 22], RoiAlign.self),
  ]
}
