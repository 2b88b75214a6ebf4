/// c = a < b, element by element.
///
/// - Source: ONNX operator Less 1 (see `BroadcastAlignment`), 7, 9, 13.
struct Less: Comparison {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func holds<Element: NumericElement>(_ a: Element, _ b: Element) -> Bool { a < b }
}
