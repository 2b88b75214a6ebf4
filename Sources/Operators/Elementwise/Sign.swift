/// y = −1, 0 or 1 by the sign of x, element by element. A NaN stays a NaN.
///
/// - Source: ONNX operator Sign 9, 13.
struct Sign: NumericFunction {
  init(_ node: NodeDescription) {}

  func value<Element: NumericElement>(at x: Element) -> Element {
    if x < Element.zero { return Element(integer: -1) }
    return x > Element.zero ? Element(integer: 1) : x
  }
}
