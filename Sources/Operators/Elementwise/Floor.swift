/// y = the largest integer that is not above x, element by element.
///
/// - Source: ONNX operator Floor 1, 6, 13.
struct Floor: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.rounded(.down) }
}
