extension OperatorRegistry {
  static let recurrences: [OperatorEntry] = [
    entry("CausalConvWithState", [27], CausalConvWithState.self),
    entry("GRU", [1, 3, 7, 14, 22], GRU.self),
    entry("LSTM", [1, 7, 14, 22], LSTM.self),
    entry("LinearAttention", [27], LinearAttention.self),
    entry("RNN", [1, 7, 14, 22], RNN.self),
  ]
}
