/// y = erf(x), element by element.
///
/// - Source: ONNX operator Erf 9, 13.
struct Erf: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x.errorFunction }
}
