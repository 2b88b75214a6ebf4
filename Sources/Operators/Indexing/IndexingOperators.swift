extension OperatorRegistry {
  static let indexing: [OperatorEntry] = [
    entry("Compress", [9, 11, 28], Compress.self),
    entry("Gather", [1, 11, 13], Gather.self),
    entry("GatherElements", [11, 13], GatherElements.self),
    entry("GatherND", [11, 12, 13], GatherND.self),
    entry("NonZero", [9, 13], NonZero.self),
    entry("OneHot", [9, 11, 28], OneHot.self),
    entry("Scatter", [9, 11], ScatterElements.self),
    entry("ScatterElements", [11, 13, 16, 18], ScatterElements.self),
    entry("ScatterND", [11, 13, 16, 18], ScatterND.self),
    entry("TensorScatter", [24], TensorScatter.self),
    entry("TopK", [1, 10, 11, 24], TopK.self),
    entry("Unique", [11, 28], Unique.self),
  ]
}
