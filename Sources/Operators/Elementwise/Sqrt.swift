/// y = √x, element by element; NaN for a negative x.
///
/// - Source: ONNX operator Sqrt 1, 6, 13.
struct Sqrt: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.squareRoot() }
}

extension Sqrt: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = 1 / (2y).
  func derivative<Real: RealElement>(at y: Real) -> Real { 1 / (2 * y) }
}
