/// y = the smallest integer that is not below x, element by element.
///
/// - Source: ONNX operator Ceil 1, 6, 13.
struct Ceil: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.rounded(.up) }
}
