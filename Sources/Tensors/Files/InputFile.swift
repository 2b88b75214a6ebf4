package import Glibc

/// A regular file that is open for reading; closed at the value's end.
package struct InputFile: ~Copyable {
  /// The path for messages.
  package let path: String

  /// The length in bytes at the time of opening.
  package let byteCount: Int

  /// What the system said of the file at the time of opening.
  package let status: stat

  private let descriptor: CInt

  /// Opens a file; follows symbolic links.
  ///
  /// - Throws: `FileError` where it cannot be opened, or is a folder, a device or a pipe.
  package init(path: String) throws(FileError) {
    guard !path.utf8.contains(0) else {
      throw FileError(.inputOutput, path: path, "cannot open it: the path has a NUL character")
    }
    // Opening a pipe without O_NONBLOCK would wait for a writer before its kind can be asked.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError.system(path: path, "cannot open it") }
    try self.init(descriptor: descriptor, path: path)
  }

  /// Takes over an open descriptor, also where it throws.
  package init(descriptor: CInt, path: String) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError.system(path: path, "cannot examine it")
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(.inputOutput, path: path, "is not a regular file")
    }
    self.path = path
    self.descriptor = descriptor
    self.status = status
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `bytes` from the file's bytes that begin at `offset`.
  ///
  /// - Throws: `FileError` where reading fails or the file ends before `bytes` is full.
  package func read(into bytes: UnsafeMutableRawBufferPointer, from offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.system(path: path, "cannot read it")
      }
      guard count > 0 else { throw FileError(.inputOutput, path: path, "became shorter while it was read") }
      done += count
    }
  }

  /// Fills an array as `read(into:from:)` does.
  package func read(filling array: inout [UInt8], from offset: Int) throws(FileError) {
    // The standard library's method rethrows untyped, so the error is carried out as a result.
    let result = array.withUnsafeMutableBytes { bytes -> Result<Void, FileError> in
      do throws(FileError) { return .success(try read(into: bytes, from: offset)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// The whole content.
  ///
  /// - Throws: `FileError` of the kind `resourceLimit` where it is longer than `maximumBytes`.
  package func contents(maximumBytes: Int) throws(FileError) -> [UInt8] {
    guard byteCount <= maximumBytes else {
      throw FileError(.resourceLimit, path: path, "has \(byteCount) bytes, more than the \(maximumBytes) allowed")
    }
    var contents = [UInt8](repeating: 0, count: byteCount)
    try read(filling: &contents, from: 0)
    return contents
  }

  /// Maps the whole file, private and read-only, with at least `TensorStorage.tailPadding` readable bytes behind it.
  ///
  /// The file must keep its length while the storage lives: touching a page that is cut off raises SIGBUS.
  package func mapped() throws(FileError) -> TensorStorage {
    let pageSize = sysconf(CInt(_SC_PAGESIZE))
    let (padded, overflow) = byteCount.addingReportingOverflow(TensorStorage.tailPadding + pageSize - 1)
    guard !overflow else { throw FileError(.resourceLimit, path: path, "is too long to map") }
    let reserved = padded / pageSize * pageSize
    // Anonymous pages first, then the file over them: what the file does not cover stays readable as zeros.
    guard let base = mmap(nil, reserved, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), base != MAP_FAILED else {
      throw FileError.system(path: path, "cannot map it")
    }
    if byteCount > 0 {
      guard mmap(base, byteCount, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) != MAP_FAILED else {
        let error = FileError.system(path: path, "cannot map it")
        munmap(base, reserved)
        throw error
      }
    }
    let bytes = UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    return TensorStorage(mapping: bytes) { munmap($0.baseAddress!, reserved) }
  }
}
