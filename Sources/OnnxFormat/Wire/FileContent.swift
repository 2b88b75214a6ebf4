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
      guard file.byteCount <= limits.maximumFileBytes else {
        throw FileError(
          .resourceLimit, path: path,
          "has \(file.byteCount) bytes, more than the \(limits.maximumFileBytes) allowed")
      }
      storage = try file.mapped()
      byteCount = file.byteCount
    } catch { throw ModelError(error) }
  }

  /// A copy of the bytes.
  init(_ bytes: [UInt8], limits: Limits) throws(ModelError) {
    guard bytes.count <= limits.maximumFileBytes else {
      throw ModelError(.limit, "the model has \(bytes.count) bytes, more than the \(limits.maximumFileBytes) allowed")
    }
    storage = TensorStorage(byteCount: bytes.count)
    byteCount = bytes.count
    bytes.withUnsafeBytes { source in
      if source.count > 0 { storage.bytes.copyMemory(from: source) }
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
