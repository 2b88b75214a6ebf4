public import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Digests of files, read piece by piece.
public enum FileDigest {
  /// The SHA-256 of a file in hexadecimal digits.
  public static func sha256(of path: String) throws(FileError) -> String {
    guard let file = fopen(path, "rb") else { throw FileError.system(path: path, "cannot read it") }
    defer { fclose(file) }
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      guard count == buffer.count else { break }
    }
    guard ferror(file) == 0 else { throw FileError.system(path: path, "cannot read it") }
    return hash.finish()
  }
}
