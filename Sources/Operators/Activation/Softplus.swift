/// y = ln(1 + exp(x)), element by element, without overflow.
///
/// - Source: ONNX operator Softplus 1, 22.
struct Softplus: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.softplus }
}

extension RealElement {
  /// ln(1 + exp(x)), without overflow.
  var softplus: Self { (self > 0 ? self : 0) + (-magnitude).exponential.logarithmOfOnePlus }
}

extension Softplus: DifferentiableFunction {
  /// dy/dx = 1 / (1 + exp(−x)).
  func derivative<Real: RealElement>(at x: Real) -> Real { x.logistic }
}
