/// y = 1 / x, element by element.
///
/// - Source: ONNX operator Reciprocal 1, 6, 13.
struct Reciprocal: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { 1 / x }
}

extension Reciprocal: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = −y².
  func derivative<Real: RealElement>(at y: Real) -> Real { -y * y }
}
