public import Tensors

/// A graph that breaks ONNX's rules. Always of the kind `malformed`.
public struct GraphError: Fault {
  /// What is wrong, as a clause without a full stop.
  public let message: String

  /// The value it is about, where there is one.
  public let value: String?

  /// The name of the node it is about, where there is one.
  public let node: String?

  /// The operator of that node.
  public let operatorName: String?

  public init(_ message: String, value: String? = nil, node: String? = nil, operatorName: String? = nil) {
    self.message = message
    self.value = value
    self.node = node
    self.operatorName = operatorName
  }

  public var kind: FaultKind { .malformed }

  public var description: String {
    guard let operatorName else { return message }
    return "\(message) (\(operatorName) node '\(node ?? "")')"
  }
}
