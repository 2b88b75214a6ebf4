/// y = |x|, element by element. Integers wrap around.
///
/// - Source: ONNX operator Abs 1, 6, 13.
struct Abs: NumericFunction {
  init(_ node: NodeDescription) {}

  // −0 + 0 is +0.
  func value<Element: NumericElement>(at x: Element) -> Element { x < Element.zero ? x.negated : x.plus(Element.zero) }
}

extension Abs: DifferentiableFunction {
  /// dy/dx = −1, 0 or 1 by the sign of x.
  func derivative<Real: RealElement>(at x: Real) -> Real { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
