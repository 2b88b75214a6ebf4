/// y = x where x ≥ 0, else alpha · (exp(x) − 1), element by element.
///
/// - Source: ONNX operator Elu 1, 6, 22.
struct Elu: RealFunction {
  private let alpha: Float

  init(_ node: NodeDescription) throws(OperatorError) { alpha = try node.float("alpha") ?? 1 }

  func value<Real: RealElement>(at x: Real) -> Real { x < 0 ? Real(alpha) * x.exponentialMinusOne : x }
}

extension Elu: DifferentiableFunction {
  /// dy/dx = 1 where x > 0, else alpha · exp(x).
  func derivative<Real: RealElement>(at x: Real) -> Real { x > 0 ? 1 : Real(alpha) * x.exponential }
}
