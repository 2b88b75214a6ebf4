/// y = ln x, element by element; NaN for a negative x.
///
/// - Source: ONNX operator Log 1, 6, 13.
struct Log: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.naturalLogarithm }
}

extension Log: DifferentiableFunction {
  /// dy/dx = 1 / x.
  func derivative<Real: RealElement>(at x: Real) -> Real { 1 / x }
}
