import Tensors

/// The data that a model keeps in other files of its folder. Each file is mapped once.
///
/// A model names these files, so a model could name any file of its reader. Opened are only regular files below the
/// model's folder, without symbolic links on the way and, unless the limits allow them, without a second name.
///
/// - Source: ONNX, ExternalData.md; CVE-2022-25882, CVE-2024-27318 and their successors show what goes wrong.
final class ExternalData {
  private let folder: String
  private let limits: Limits
  private let resolution: FolderFile.Resolution
  private var files: [String: TensorStorage] = [:]

  /// The SHA-1 of files that a checksum was given for, by location.
  private var digests: [String: String] = [:]

  /// - Parameter folder: the model's folder.
  init(folder: String, limits: Limits, resolution: FolderFile.Resolution = .kernel) {
    self.folder = folder.isEmpty ? "." : folder
    self.limits = limits
    self.resolution = resolution
  }

  /// The locations of the files that were opened, sorted.
  var locations: [String] { files.keys.sorted() }

  /// The bytes that the entries of a tensor's `external_data` point to.
  ///
  /// - Parameter count: how many bytes the tensor takes.
  /// - Throws: `ModelError` where an entry is unknown or wrong, or the file cannot be opened or is too short.
  func bytes(_ entries: [(key: String, value: String)], count: Int) throws(ModelError) -> ElementBytes {
    var location: String?
    var offset = 0
    var length = count
    var checksum: String?
    var keys: Set<String> = []
    for (key, value) in entries {
      guard keys.insert(key).inserted else { throw ModelError(.externalData, "external_data has '\(key)' twice") }
      switch key {
      case "location": location = value
      case "offset": offset = try number(value, key)
      case "length": length = try number(value, key)
      case "checksum": checksum = value
      default: throw ModelError(.externalData, "external_data has the unknown key '\(key)'")
      }
    }
    guard let location else { throw ModelError(.externalData, "external_data names no location") }
    guard length == count else {
      throw ModelError(.externalData, "external_data has length \(length), and the tensor takes \(count) bytes")
    }
    let file = try file(location)
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, end <= file.bytes.count else {
      throw ModelError(
        .externalData,
        "its \(count) bytes at \(offset) are outside of '\(location)', which has \(file.bytes.count) bytes",
        remedy: Self.remedy)
    }
    if let checksum { try verify(checksum, of: file, at: location) }
    return ElementBytes(file, offset..<end)
  }

  private static let remedy = "the file is damaged or belongs to another model: fetch or export both again"

  /// Holds a file against the SHA-1 that the model gives for the whole of it.
  private func verify(_ checksum: String, of file: TensorStorage, at location: String) throws(ModelError) {
    guard checksum.utf8.count == 40, checksum.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
      throw ModelError(.externalData, "external_data has the checksum '\(checksum)', which is no SHA-1")
    }
    let digest = digests[location] ?? file.sha1
    digests[location] = digest
    guard checksum.lowercased() == digest else {
      throw ModelError(
        .externalData, "the SHA-1 of '\(location)' is \(digest), and the model's checksum \(checksum)",
        remedy: Self.remedy)
    }
  }

  private func number(_ value: String, _ key: String) throws(ModelError) -> Int {
    guard let number = Int(value), number >= 0 else {
      throw ModelError(.externalData, "external_data has the \(key) '\(value)', which is no size")
    }
    return number
  }

  private func file(_ location: String) throws(ModelError) -> TensorStorage {
    if let file = files[location] { return file }
    guard files.count < limits.maximumExternalFiles else {
      throw ModelError(.limit, "the model names more than \(limits.maximumExternalFiles) files of external data")
    }
    do throws(FileError) {
      let file = try InputFile(
        descriptor: try FolderFile.open(location, below: folder, by: resolution), path: location)
      guard file.status.st_nlink <= 1 || limits.allowsHardLinks else {
        throw FileError(.malformed, path: location, "has a second name (a hard link)")
      }
      guard file.byteCount <= limits.maximumFileBytes else {
        throw FileError(.resourceLimit, path: location, "has more than \(limits.maximumFileBytes) bytes")
      }
      let storage = try file.mapped()
      files[location] = storage
      return storage
    } catch {
      throw ModelError(
        error.kind == .resourceLimit ? .limit : .externalData, "its external data '\(location)' \(error.message)",
        remedy: "put a plain file of that name beside the model")
    }
  }
}

extension TensorStorage {
  /// The SHA-1 of the bytes. A mapped file's pages are given back as they have been read.
  fileprivate var sha1: String {
    var hash = SHA1()
    let piece = 1 << 20
    let whole = bytes.count / SHA1.blockSize * SHA1.blockSize
    for start in stride(from: 0, to: whole, by: piece) {
      let range = start..<min(start + piece, whole)
      hash.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
      releasePages(range)
    }
    return hash.finish(UnsafeRawBufferPointer(rebasing: bytes[whole...]))
  }
}
