/// c = a > b, element by element.
///
/// - Source: ONNX operator Greater 1 (see `BroadcastAlignment`), 7, 9, 13.
struct Greater: Comparison {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func holds<Element: NumericElement>(_ a: Element, _ b: Element) -> Bool { a > b }
}
