import Tensors

/// A file's bytes, mapped or in memory, and what its scan found.
struct FileContent {
  /// The whole file.
  let storage: TensorStorage

  /// The file's length; `storage` may be longer.
  let byteCount: Int

  /// - Throws: `ModelError` where the file cannot be opened or is too long.
  init(path: String, limits: Limits) throws(ModelError) {
    do throws(FileError) {
      let file = try InputFile(path: path)
      byteCount = file.byteCount
      // A file that is too long is not mapped; the check behind this turns it away.
      storage = byteCount <= limits.maximumFileBytes ? try file.mapped() : TensorStorage(byteCount: 0)
    } catch { throw ModelError(error) }
    try check(limits)
  }

  /// A copy of the bytes.
  ///
  /// - Throws: `ModelError` where they are too many.
  init(_ bytes: [UInt8], limits: Limits) throws(ModelError) {
    storage = TensorStorage(byteCount: bytes.count)
    byteCount = bytes.count
    bytes.withUnsafeBytes { source in
      if source.count > 0 { storage.bytes.copyMemory(from: source) }
    }
    try check(limits)
  }

  private func check(_ limits: Limits) throws(ModelError) {
    guard byteCount <= limits.maximumFileBytes else {
      throw ModelError(
        .limit, "the file has \(byteCount) bytes, more than the \(limits.maximumFileBytes) allowed",
        remedy: "where the file is to be trusted, raise the limit maximumFileBytes")
    }
  }

  /// Scans the file as a message of the type that `schema` tells.
  func scan(as schema: WireSchema, limits: Limits) throws(ModelError) -> WireScan {
    defer { withExtendedLifetime(storage) {} }
    return try WireScan(UnsafeRawBufferPointer(rebasing: bytes), as: schema, limits: limits)
  }

  /// The file's bytes, valid as long as `storage`.
  var bytes: Slice<UnsafeRawBufferPointer> { UnsafeRawBufferPointer(storage.bytes)[..<byteCount] }
}
