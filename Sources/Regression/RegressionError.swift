public import Tensors

/// Why a comparison with a golden cannot be made.
public struct RegressionError: Fault {
  public let kind: FaultKind

  /// What is wrong and what helps, as a clause without a full stop.
  public let message: String

  public init(_ kind: FaultKind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}
