private import Glibc

/// A file that could not be read, understood or written.
public struct FileError: Fault {
  public let kind: FaultKind

  /// The path as the caller gave it.
  public let path: String

  /// What is wrong and what helps, as a clause without a full stop.
  public let message: String

  public init(_ kind: FaultKind, path: String, _ message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }

  /// What the system says of the call that has just failed, read from `errno`.
  ///
  /// - Parameter action: what was tried, such as "cannot open it".
  package static func system(path: String, _ action: String) -> FileError {
    let code = errno
    return FileError(.inputOutput, path: path, "\(action): \(String(cString: strerror(code)))")
  }

  public var description: String { "\(path): \(message)" }
}
