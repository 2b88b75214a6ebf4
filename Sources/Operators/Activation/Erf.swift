import Kernels

/// y = erf(x), element by element.
///
/// - Source: ONNX operator Erf 9, 13.
struct Erf: RealFunction {
  init(_ node: NodeDescription) {}

  var pointwiseFunction: PointwiseFunction? { .errorFunction }

  func value<Real: RealElement>(at x: Real) -> Real { x.errorFunction }
}

extension Erf: DifferentiableFunction {
  /// dy/dx = 2 / √π · exp(−x²).
  func derivative<Real: RealElement>(at x: Real) -> Real { 1.128_379_167_095_512_6 * (-x * x).exponential }
}
