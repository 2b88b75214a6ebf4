/// The sum of all inputs, element by element.
///
/// - Source: ONNX operator Sum 1, 6, 8 (broadcasting), 13.
struct Sum: VariadicOperator {
  let version: Int

  init(_ node: NodeDescription) { version = node.version }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.plus(b) }
}
