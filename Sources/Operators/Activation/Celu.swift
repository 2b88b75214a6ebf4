/// y = max(0, x) + min(0, alpha · (exp(x / alpha) − 1)), element by element.
///
/// - Source: ONNX operator Celu 12, 28.
struct Celu: RealFunction {
  private let alpha: Float

  init(_ node: NodeDescription) throws(OperatorError) {
    alpha = try node.float("alpha") ?? 1
    guard alpha != 0 else { throw .malformed("attribute alpha is 0") }
  }

  func value<Real: RealElement>(at x: Real) -> Real {
    let bent = Real(alpha) * (x / Real(alpha)).exponentialMinusOne
    return (x > 0 ? x : 0) + (bent < 0 || bent.isNaN ? bent : 0)
  }
}

extension Celu: DifferentiableFunction {
  /// dy/dx = 1 where x > 0, plus exp(x / alpha) where the bent part is below 0.
  func derivative<Real: RealElement>(at x: Real) -> Real {
    let bent = (x / Real(alpha)).exponential
    return (x > 0 ? 1 : 0) + (Real(alpha) * (bent - 1) < 0 ? bent : 0)
  }
}
