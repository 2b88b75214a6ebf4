private import Glibc

/// Writes files that are there whole or not at all: a reader never sees half of one, and a failed write leaves what
/// stood there before.
public enum AtomicFile {
  /// Writes text as UTF-8.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes bytes.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(to: path) { (output) throws(FileError) in try output.write(bytes) }
  }

  /// Writes what `body` gives to the output, piece by piece, into a file beside `path`, and then renames it.
  ///
  /// A symbolic link is followed and stays; an existing file's permissions stay. A device or a pipe is written to
  /// directly, since it cannot be replaced.
  ///
  /// - Throws: `FileError` of the kind `inputOutput`, or what `body` throws; then nothing is left behind.
  public static func write(
    to path: String, _ body: (borrowing Output) throws(FileError) -> Void
  ) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(.inputOutput, path: path, "cannot write it: it is no path")
    }
    var mode: mode_t?
    var status = stat()
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG: mode = status.st_mode & 0o7777
      case S_IFDIR: throw FileError(.inputOutput, path: path, "cannot write it: it is a folder")
      default: return try writeDirectly(to: path, body)
      }
    }
    let target = resolved(path)
    let (descriptor, temporary) = try openTemporary(beside: target, path: path)
    do throws(FileError) {
      let output = Output(descriptor: descriptor, path: path)
      try body(output)
      if let mode, fchmod(descriptor, mode) != 0 { throw FileError.system(path: path, "cannot set its permissions") }
      guard fsync(descriptor) == 0 else { throw FileError.system(path: path, "cannot write it") }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, target) == 0 else {
      let error = FileError.system(path: path, "cannot write it")
      unlink(temporary)
      throw error
    }
    synchronizeFolder(of: target)
  }

  /// A file that is being written.
  public struct Output: ~Copyable {
    let descriptor: CInt
    let path: String

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws(FileError) {
      let result = bytes.withUnsafeBytes { bytes -> Result<Void, FileError> in
        do throws(FileError) { return .success(try write(bytes)) } catch { return .failure(error) }
      }
      try result.get()
    }

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          throw FileError.system(path: path, "cannot write it")
        }
        done += count
      }
    }
  }

  private static func writeDirectly(
    to path: String, _ body: (borrowing Output) throws(FileError) -> Void
  ) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.system(path: path, "cannot write it") }
    defer { close(descriptor) }
    try body(Output(descriptor: descriptor, path: path))
  }

  /// The path behind the symbolic links of an existing file; a file that is yet to be made keeps its path.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func openTemporary(
    beside target: String, path: String
  ) throws(FileError) -> (descriptor: CInt, path: String) {
    let folder = target.lastIndex(of: "/").map { target[...$0] } ?? ""
    for _ in 0..<100 {
      let temporary = "\(folder).\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      if descriptor >= 0 { return (descriptor, temporary) }
      guard errno == EEXIST else { break }
    }
    throw FileError.system(path: path, "cannot write it")
  }

  /// Makes the rename itself last through a power cut where the file system can; no error where it cannot.
  private static func synchronizeFolder(of target: String) {
    let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
