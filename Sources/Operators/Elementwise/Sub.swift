/// c = a − b, element by element. Integers wrap around.
///
/// - Source: ONNX operator Sub 1, 6 (see `BroadcastAlignment`), 7, 13, 14.
struct Sub: ArithmeticOperator {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.minus(b) }
}
