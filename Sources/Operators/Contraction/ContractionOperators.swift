extension OperatorRegistry {
  static let contractions: [OperatorEntry] = [
    entry("Attention", [23, 24, 25], Attention.self),
    entry("Einsum", [12, 28], Einsum.self),
    entry("RotaryEmbedding", [23], RotaryEmbedding.self),
  ]
}
