/// y = 1 / x, element by element.
///
/// - Source: ONNX operator Reciprocal 1, 6, 13.
struct Reciprocal: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { 1 / x }
}
