extension OperatorRegistry {
  static let normalizations: [OperatorEntry] = [
    entry("BatchNormalization", [1, 6, 7, 9, 14, 15], BatchNormalization.self),
    entry("GroupNormalization", [18, 21], ChannelNormalization.self),
    entry("InstanceNormalization", [1, 6, 22], ChannelNormalization.self),
    entry("LRN", [1, 13], LocalResponseNormalization.self),
    entry("LayerNormalization", [17], LayerNormalization.self),
    entry("LpNormalization", [1, 22], LpNormalization.self),
    entry("MeanVarianceNormalization", [9, 13], MeanVarianceNormalization.self),
    entry("RMSNormalization", [23], RMSNormalization.self),
  ]
}
