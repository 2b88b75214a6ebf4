/// c = whether a and b differ, element by element.
///
/// - Source: ONNX operator Xor 1 (see `BroadcastAlignment`), 7.
struct Xor: LogicalOperator {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func combine(_ a: Bool, _ b: Bool) -> Bool { a != b }
}
