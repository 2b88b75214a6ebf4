/// c = a or b, element by element.
///
/// - Source: ONNX operator Or 1 (see `BroadcastAlignment`), 7.
struct Or: LogicalOperator {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func combine(_ a: Bool, _ b: Bool) -> Bool { a || b }
}
