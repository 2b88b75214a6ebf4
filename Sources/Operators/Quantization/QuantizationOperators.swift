extension OperatorRegistry {
  static let quantization: [OperatorEntry] = [
    entry("ConvInteger", [10], ConvInteger.self),
    entry("DequantizeLinear", [10, 13, 19, 21, 23, 24, 25, 28], DequantizeLinear.self),
    entry("DynamicQuantizeLinear", [11], DynamicQuantizeLinear.self),
    entry("MatMulInteger", [10], MatMulInteger.self),
    entry("QLinearConv", [10], QLinearConv.self),
    entry("QLinearMatMul", [10, 21], QLinearMatMul.self),
    entry("QuantizeLinear", [10, 13, 19, 21, 23, 24, 25, 28], QuantizeLinear.self),
  ]
}
