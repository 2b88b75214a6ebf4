/// y = √x, element by element; NaN for a negative x.
///
/// - Source: ONNX operator Sqrt 1, 6, 13.
struct Sqrt: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.squareRoot() }
}
