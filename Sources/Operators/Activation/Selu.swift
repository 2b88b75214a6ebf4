/// y = gamma · x where x > 0, else gamma · alpha · (exp(x) − 1), element by element.
///
/// - Source: ONNX operator Selu 1 (shorter default constants), 6, 22.
struct Selu: RealFunction {
  private let alpha: Float
  private let gamma: Float

  init(_ node: NodeDescription) throws(OperatorError) {
    alpha = try node.float("alpha") ?? (node.version < 6 ? 1.6732 : 1.673_263_2)
    gamma = try node.float("gamma") ?? (node.version < 6 ? 1.0507 : 1.050_701)
  }

  func value<Real: RealElement>(at x: Real) -> Real {
    x > 0 ? Real(gamma) * x : Real(gamma) * Real(alpha) * x.exponentialMinusOne
  }
}

extension Selu: DifferentiableFunction {
  /// dy/dx = gamma where x > 0, else gamma · alpha · exp(x).
  func derivative<Real: RealElement>(at x: Real) -> Real {
    x > 0 ? Real(gamma) : Real(gamma) * Real(alpha) * x.exponential
  }
}
