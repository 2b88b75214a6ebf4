/// y = −x, element by element. Integers wrap around.
///
/// - Source: ONNX operator Neg 1, 6, 13.
struct Neg: NumericFunction {
  init(_ node: NodeDescription) {}

  func value<Element: NumericElement>(at x: Element) -> Element { x.negated }
}
