extension OperatorRegistry {
  static let matrixProducts: [OperatorEntry] = [
    entry("Det", [11, 22], Det.self),
    entry("Gemm", [1, 6, 7, 9, 11, 13], Gemm.self),
    entry("MatMul", [1, 9, 13], MatMul.self),
  ]
}
