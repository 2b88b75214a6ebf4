import Foundation
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A file of records, one JSON document a line, that grows by whole lines.
///
/// A line that a killed process left unfinished is dropped when the file is opened again, and so are records with
/// errors: what they are about is tried again.
public final class RecordFile {
  /// A record as it stands in the file.
  public struct Line: Sendable {
    public let record: EvaluationRecord
    /// Without the line break.
    let bytes: [UInt8]
  }

  public let path: String
  public private(set) var lines: [Int: Line]

  private let descriptor: CInt

  /// Opens a file to go on with, or makes it.
  ///
  /// - Throws: `EvaluationError` for lines in the middle that hold no record, `FileError`.
  public init(resuming path: String) throws {
    self.path = path
    lines = try RecordFile.read(path).filter { $0.value.record.isComplete }
    try RecordFile.write(lines, to: path)
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.system(path: path, "cannot open it") }
  }

  deinit { close(descriptor) }

  /// Adds a record at the file's end; it is on the disk when this returns.
  public func append(_ record: EvaluationRecord) throws {
    let line = Line(record: record, bytes: try RecordFile.bytes(of: record))
    let bytes = line.bytes + [UInt8(ascii: "\n")]
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.system(path: path, "cannot write it")
      }
      done += count
    }
    guard fsync(descriptor) == 0 else { throw FileError.system(path: path, "cannot write it") }
    lines[record.index] = line
  }

  /// Puts the records in the order of their indices.
  public func finish() throws { try RecordFile.write(lines, to: path) }

  /// The records of a file by index; none where there is no file. A last line without a line break is left out.
  ///
  /// - Throws: `EvaluationError` where another line holds no record or two records have one index, `FileError`.
  public static func read(_ path: String) throws -> [Int: Line] {
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    return try parse(InputFile(path: path).contents(maximumBytes: 1 << 34), name: path)
  }

  /// The records in a file's bytes, likewise.
  ///
  /// - Parameter path: what errors call the file.
  public static func parse(_ contents: [UInt8], name path: String) throws(EvaluationError) -> [Int: Line] {
    var lines: [Int: Line] = [:]
    var start = 0
    var number = 0
    while let end = contents[start...].firstIndex(of: UInt8(ascii: "\n")) {
      number += 1
      let bytes = Array(contents[start..<end])
      start = end + 1
      let record: EvaluationRecord
      do {
        record = try JSONDecoder().decode(EvaluationRecord.self, from: Data(bytes))
      } catch {
        throw EvaluationError(.malformed, "\(path), line \(number): is no record of an evaluation")
      }
      guard lines.updateValue(Line(record: record, bytes: bytes), forKey: record.index) == nil else {
        throw EvaluationError(.malformed, "\(path), line \(number): record \(record.index) stands twice")
      }
    }
    return lines
  }

  /// Writes records in the order of their indices, whole or not at all.
  static func write(_ lines: [Int: Line], to path: String) throws {
    var bytes: [UInt8] = []
    for (_, line) in lines.sorted(by: { $0.key < $1.key }) { bytes += line.bytes + [UInt8(ascii: "\n")] }
    try AtomicFile.write(bytes, to: path)
  }

  private static func bytes(of record: EvaluationRecord) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(record))
  }
}
