extension OperatorRegistry {
  static let contractions: [OperatorEntry] = [
    entry("Attention", [23, 24, 25], Attention.self),
    entry("Einsum", [12, 28], Einsum.self),
    OperatorEntry(domain: "ai.onnx.preview", name: "FlexAttention", versions: [1], type: FlexAttention.self),
    entry("RotaryEmbedding", [23], RotaryEmbedding.self),
  ]
}
