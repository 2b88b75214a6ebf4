public import Tensors

/// Why a model or picture cannot be explained as asked.
public struct ExplainError: Fault {
  public let kind: FaultKind

  /// What is wrong and what to do, as a clause without a full stop.
  public let message: String

  public init(_ kind: FaultKind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
