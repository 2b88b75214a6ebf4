/// y = the integer next to x, element by element; of two the even one.
///
/// - Source: ONNX operator Round 11, 22.
struct Round: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.rounded(.toNearestOrEven) }
}
