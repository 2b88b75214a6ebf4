import Kernels

/// y = exp(x), element by element.
///
/// - Source: ONNX operator Exp 1, 6, 13.
struct Exp: RealFunction {
  init(_ node: NodeDescription) {}

  var pointwiseFunction: PointwiseFunction? { .exponential }

  func value<Real: RealElement>(at x: Real) -> Real { x.exponential }
}

extension Exp: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = y.
  func derivative<Real: RealElement>(at y: Real) -> Real { y }
}
