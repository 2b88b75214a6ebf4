/// y = tanh(x), element by element.
///
/// - Source: ONNX operator Tanh 1, 6, 13.
struct Tanh: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.hyperbolicTangent }
}

extension Tanh: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = 1 − y².
  func derivative<Real: RealElement>(at y: Real) -> Real { 1 - y * y }
}
