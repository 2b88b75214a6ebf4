/// The sum of all inputs, element by element.
///
/// - Source: ONNX operator Sum 1, 6, 8 (broadcasting), 13.
struct Sum: VariadicOperator {
  let version: Int

  init(_ node: NodeDescription) { version = node.version }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count == 2, let a = inputs[0], let b = inputs[1], a.isFeatureMap, b.isFeatureMap, a.shape == b.shape
    else { return nil }
    return .sum
  }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.plus(b) }
}
