public import Tensors

/// What an operator has against its attributes or inputs. The session adds which node it was.
public struct OperatorError: Fault {
  public let kind: FaultKind

  /// What is wrong, as a clause without a full stop and without the node's name.
  public let message: String

  public init(_ kind: FaultKind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The attribute or input breaks the operator's specification.
  public static func malformed(_ message: String) -> OperatorError { .init(.malformed, message) }

  /// The specification allows it, and it is not implemented.
  public static func unsupported(_ message: String) -> OperatorError { .init(.unsupported, message) }

  /// The inputs do not fit each other or the attributes.
  public static func mismatched(_ message: String) -> OperatorError { .init(.mismatched, message) }

  /// A shape that cannot be.
  public init(_ error: ShapeError) { self.init(.mismatched, error.description) }

  public var description: String { message }
}
