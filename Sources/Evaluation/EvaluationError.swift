public import Tensors

/// Why a data set or an evaluation cannot be used as asked.
public struct EvaluationError: Fault {
  public let kind: FaultKind

  /// What is wrong and what to do, as a clause without a full stop.
  public let message: String

  public init(_ kind: FaultKind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
