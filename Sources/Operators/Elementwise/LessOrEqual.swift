/// c = a ≤ b, element by element.
///
/// - Source: ONNX operator LessOrEqual 12, 16.
struct LessOrEqual: Comparison {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func holds<Element: NumericElement>(_ a: Element, _ b: Element) -> Bool { a <= b }
}
