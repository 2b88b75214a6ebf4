extension OperatorRegistry {
  static let signals: [OperatorEntry] = [
    entry("BlackmanWindow", [17], WindowFunction.self),
    entry("DFT", [17, 20], DFT.self),
    entry("HammingWindow", [17], WindowFunction.self),
    entry("HannWindow", [17], WindowFunction.self),
    entry("MelWeightMatrix", [17], MelWeightMatrix.self),
    entry("STFT", [17], STFT.self),
  ]
}
