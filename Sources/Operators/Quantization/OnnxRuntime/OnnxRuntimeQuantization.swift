extension OperatorRegistry {
  static let onnxRuntimeDomain = "com.microsoft"

  /// Operators of onnxruntime's domain that its quantizer writes into models of quantized operators, beside ONNX's own.
  static let onnxRuntimeQuantization: [OperatorEntry] = [
    onnxRuntimeEntry("QGemm", QGemm.self),
    onnxRuntimeEntry("QLinearAdd", QLinearAdd.self),
    onnxRuntimeEntry("QLinearAveragePool", QLinearAveragePool.self),
    onnxRuntimeEntry("QLinearConcat", QLinearConcat.self),
    onnxRuntimeEntry("QLinearGlobalAveragePool", QLinearGlobalAveragePool.self),
    onnxRuntimeEntry("QLinearLeakyRelu", QLinearLeakyRelu.self),
    onnxRuntimeEntry("QLinearMul", QLinearMul.self),
    onnxRuntimeEntry("QLinearSigmoid", QLinearSigmoid.self),
    onnxRuntimeEntry("QLinearSoftmax", QLinearSoftmax.self),
  ]

  private static func onnxRuntimeEntry(_ name: String, _ type: any Operator.Type) -> OperatorEntry {
    OperatorEntry(domain: onnxRuntimeDomain, name: name, versions: [1], type: type)
  }
}
