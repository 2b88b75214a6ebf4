/// y = x · tanh(ln(1 + exp(x))), element by element.
///
/// - Source: ONNX operator Mish 18, 22.
struct Mish: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x * x.softplus.hyperbolicTangent }
}

extension Mish: DifferentiableFunction {
  /// dy/dx = t + x · (1 − t²) / (1 + exp(−x)) with t = tanh(ln(1 + exp(x))).
  func derivative<Real: RealElement>(at x: Real) -> Real {
    let bend = x.softplus.hyperbolicTangent
    return bend + x * (1 - bend * bend) * x.logistic
  }
}
