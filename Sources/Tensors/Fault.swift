/// What kind of thing went wrong, the same everywhere; the command line makes the exit code of it.
public enum FaultKind: Sendable, Hashable {
  /// The file or value breaks its format's rules.
  case malformed
  /// It is well formed, and this version of the tool cannot do it.
  case unsupported
  /// Two things that are each well formed do not fit together, such as an input's shape and the model's.
  case mismatched
  /// The caller asked for something that is not there, such as a layer or class of the model.
  case invalidRequest
  /// It would take more memory, time or depth than is allowed.
  case resourceLimit
  /// A file could not be read or written.
  case inputOutput
}

/// An error with a kind that every phase's own error type shares.
public protocol Fault: Error, Sendable, CustomStringConvertible {
  var kind: FaultKind { get }
}
