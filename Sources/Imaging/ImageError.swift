public import Tensors

/// A picture, a preprocessing description or a rendering that cannot be read, made or written.
public struct ImageError: Fault, Hashable {
  public let kind: FaultKind

  /// What is wrong and where, as a clause without a full stop.
  public let description: String

  public init(_ kind: FaultKind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// What a file's reader or writer said.
  init(_ error: FileError) { self.init(error.kind, error.description) }

  /// The same with the file's path in front.
  func at(_ path: String) -> ImageError { ImageError(kind, "\(path): \(description)") }
}

/// The whole content of a file of at most `limit` bytes.
func contents(of path: String, limit: Int) throws(ImageError) -> [UInt8] {
  do throws(FileError) {
    return try InputFile(path: path).contents(maximumBytes: limit)
  } catch {
    throw ImageError(error)
  }
}
