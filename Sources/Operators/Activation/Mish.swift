/// y = x · tanh(ln(1 + exp(x))), element by element.
///
/// - Source: ONNX operator Mish 18, 22.
struct Mish: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x * x.softplus.hyperbolicTangent }
}
