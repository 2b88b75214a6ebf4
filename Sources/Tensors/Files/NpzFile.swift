/// NumPy's file of several arrays by name, as `numpy.savez` writes it: a ZIP archive of `.npy` files.
///
/// Archives of `numpy.savez_compressed` are refused.
///
/// - Source: PKWARE's APPNOTE.TXT, the central directory and its ZIP64 extension.
public struct NpzFile: Sendable {
  public let path: String

  /// The arrays' names in the order in which they stand in the archive.
  public let names: [String]

  private let entries: [String: Entry]

  private struct Entry: Sendable {
    let header: Int
    let byteCount: Int
  }

  /// The most arrays that are read.
  private static let largestCount = 100_000

  /// Reads the archive's directory.
  ///
  /// - Throws: `FileError`: `malformed`, `unsupported` for compressed or encrypted entries, `resourceLimit`,
  ///   `inputOutput`.
  public init(_ path: String) throws(FileError) {
    self.path = path
    let file = try InputFile(path: path)
    // The directory's end is followed by a comment of at most 65 535 bytes.
    let tailStart = max(0, file.byteCount - 65_557)
    let tail = LittleEndianBytes(try file.bytes(tailStart..<file.byteCount))
    guard let end = tail.lastIndex(of: 0x0605_4b50), end + 22 <= tail.count else {
      throw FileError(.malformed, path: path, "is not an .npz file: it has no ZIP directory")
    }
    var (count, size, start) = (tail.int16(end + 10), tail.int32(end + 12), tail.int32(end + 16))
    if count == 0xffff || start == 0xffff_ffff {
      guard end >= 20, tail.int32(end - 20) == 0x0706_4b50, let place = tail.int64(end - 12),
        let range = file.range(from: place, count: 56)
      else { throw FileError(.malformed, path: path, "its ZIP directory cannot be found") }
      let record = LittleEndianBytes(try file.bytes(range))
      guard record.int32(0) == 0x0606_4b50, let newCount = record.int64(32), let newSize = record.int64(40),
        let newStart = record.int64(48)
      else { throw FileError(.malformed, path: path, "its ZIP directory cannot be read") }
      (count, size, start) = (newCount, newSize, newStart)
    }
    guard count <= Self.largestCount, size <= 1 << 28 else {
      throw FileError(.resourceLimit, path: path, "has \(count) entries; at most \(Self.largestCount) are read")
    }
    guard let range = file.range(from: start, count: size) else {
      throw FileError(.malformed, path: path, "its ZIP directory lies outside of the file")
    }
    var names: [String] = []
    var entries: [String: Entry] = [:]
    let directory = LittleEndianBytes(try file.bytes(range))
    var position = 0
    for _ in 0..<count {
      let (name, entry, next) = try Self.entry(in: directory, at: position, path: path)
      position = next
      guard name.hasSuffix(".npy") else { continue }
      let array = String(name.dropLast(4))
      guard entries.updateValue(entry, forKey: array) == nil else {
        throw FileError(.malformed, path: path, "has two arrays '\(array)'")
      }
      names.append(array)
    }
    self.names = names
    self.entries = entries
  }

  private static func entry(
    in directory: LittleEndianBytes, at start: Int, path: String
  ) throws(FileError) -> (name: String, Entry, next: Int) {
    let malformed = FileError(.malformed, path: path, "its ZIP directory cannot be read")
    guard start + 46 <= directory.count, directory.int32(start) == 0x0201_4b50 else { throw malformed }
    let (nameLength, extraLength) = (directory.int16(start + 28), directory.int16(start + 30))
    let next = start + 46 + nameLength + extraLength + directory.int16(start + 32)
    guard next <= directory.count else { throw malformed }
    let name = String(decoding: directory.bytes[start + 46..<start + 46 + nameLength], as: UTF8.self)
    guard directory.int16(start + 8) & 1 == 0, directory.int16(start + 10) == 0 else {
      throw FileError(
        .unsupported, path: path, "array '\(name)' is compressed or encrypted; write it with numpy.savez instead")
    }
    var sizes = [directory.int32(start + 24), directory.int32(start + 20), directory.int32(start + 42)]
    // What does not fit 32 bits stands in the ZIP64 field, in this order.
    var field = start + 46 + nameLength
    let fieldsEnd = field + extraLength
    while field + 4 <= fieldsEnd {
      let (kind, length) = (directory.int16(field), directory.int16(field + 2))
      guard field + 4 + length <= fieldsEnd else { throw malformed }
      if kind == 1 {
        var place = field + 4
        for index in sizes.indices where sizes[index] == 0xffff_ffff {
          guard place + 8 <= field + 4 + length, let size = directory.int64(place) else { throw malformed }
          sizes[index] = size
          place += 8
        }
      }
      field += 4 + length
    }
    guard sizes[0] == sizes[1] else { throw malformed }
    return (name, Entry(header: sizes[2], byteCount: sizes[0]), next)
  }

  /// Reads an array.
  ///
  /// - Throws: `FileError` as of `NpyFile.read`, and `mismatched` where there is none of that name.
  public func read(_ name: String, maximumBytes: Int = 1 << 34) throws(FileError) -> Tensor {
    guard let entry = entries[name] else {
      throw FileError(.mismatched, path: path, "has no array '\(name)'; it has \(names.joined(separator: ", "))")
    }
    let file = try InputFile(path: path)
    guard let range = file.range(from: entry.header, count: 30) else {
      throw FileError(.malformed, path: path, "array '\(name)' lies outside of the file")
    }
    let header = LittleEndianBytes(try file.bytes(range))
    guard header.int32(0) == 0x0403_4b50,
      let content = file.range(
        from: range.upperBound + header.int16(26) + header.int16(28), count: entry.byteCount)
    else { throw FileError(.malformed, path: path, "array '\(name)' lies outside of the file") }
    return try NpyFile.read(file, in: content, maximumBytes: maximumBytes)
  }
}

/// Bytes with numbers in them, the least significant byte first.
private struct LittleEndianBytes {
  let bytes: [UInt8]
  var count: Int { bytes.count }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func number(_ start: Int, _ count: Int) -> UInt64 {
    bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// - Precondition: the bytes are there; as for the other numbers.
  func int16(_ start: Int) -> Int { Int(number(start, 2)) }
  func int32(_ start: Int) -> Int { Int(number(start, 4)) }

  /// nil above the largest `Int`.
  func int64(_ start: Int) -> Int? { Int(exactly: number(start, 8)) }

  /// Where a number of 32 bits stands for the last time.
  func lastIndex(of number: Int) -> Int? {
    guard count >= 4 else { return nil }
    return (0...count - 4).last { int32($0) == number }
  }
}

extension InputFile {
  /// Some bytes of the file; nil where they do not all lie in it.
  fileprivate func range(from start: Int, count: Int) -> Range<Int>? {
    let (end, overflow) = start.addingReportingOverflow(count)
    return overflow || start < 0 || count < 0 || end > byteCount ? nil : start..<end
  }

  /// - Precondition: the range lies in the file.
  fileprivate func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    try read(filling: &bytes, from: range.lowerBound)
    return bytes
  }
}
