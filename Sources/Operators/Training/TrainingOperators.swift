extension OperatorRegistry {
  static let optimizers: [OperatorEntry] = [
    training("Adagrad", Adagrad.self),
    training("Adam", Adam.self),
    training("Momentum", Momentum.self),
  ]

  private static func training(_ name: String, _ type: any Operator.Type) -> OperatorEntry {
    OperatorEntry(domain: "ai.onnx.preview.training", name: name, versions: [1], type: type)
  }
}
