import Foundation
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The folder that an evaluation, or one shard of it, is written to: `protocol.json`, what all numbers depend on, and
/// `results.jsonl`, a line a picture. One process at a time writes to it.
public final class EvaluationFolder {
  public let path: String
  public let `protocol`: EvaluationProtocol
  public let records: RecordFile

  private let lock: CInt

  /// Opens a folder to begin an evaluation in or to go on with it.
  ///
  /// - Throws: `EvaluationError` where it belongs to another evaluation or another process writes to it, `FileError`.
  public init(_ path: String, for protocol: EvaluationProtocol) throws {
    self.path = path
    self.protocol = `protocol`
    lock = try EvaluationFolder.lock(path)
    do {
      let file = EvaluationFolder.protocolPath(path)
      if FileManager.default.fileExists(atPath: file) {
        let differences = try EvaluationFolder.protocol(in: path).differences(from: `protocol`)
        guard differences.isEmpty else {
          throw EvaluationError(
            .mismatched,
            "\(path) holds another evaluation, with a different \(differences.joined(separator: ", ")); choose another "
              + "--output, or remove it")
        }
      } else {
        try AtomicFile.write(try EvaluationFolder.text(of: `protocol`), to: file)
      }
      records = try RecordFile(resuming: EvaluationFolder.recordsPath(path))
    } catch {
      close(lock)
      throw error
    }
  }

  deinit { close(lock) }

  static func protocolPath(_ folder: String) -> String { (folder as NSString).appendingPathComponent("protocol.json") }

  static func recordsPath(_ folder: String) -> String { (folder as NSString).appendingPathComponent("results.jsonl") }

  /// The protocol of a folder.
  ///
  /// - Throws: `EvaluationError` where there is none or it cannot be understood, `FileError`.
  public static func `protocol`(in folder: String) throws -> EvaluationProtocol {
    let path = protocolPath(folder)
    guard FileManager.default.fileExists(atPath: path) else {
      throw EvaluationError(.inputOutput, "\(folder) holds no evaluation: there is no \(path)")
    }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(
        EvaluationProtocol.self, from: Data(try InputFile(path: path).contents(maximumBytes: 1 << 26)))
    } catch let error as DecodingError {
      throw EvaluationError(.malformed, "\(path) is no protocol of an evaluation: \(error)")
    }
  }

  static func text(of protocol: EvaluationProtocol) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(`protocol`), as: UTF8.self) + "\n"
  }

  /// A lock that the system takes back when the process ends, however it ends.
  private static func lock(_ folder: String) throws -> CInt {
    let path = (folder as NSString).appendingPathComponent(".lock")
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.system(path: path, "cannot open it") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw EvaluationError(
        .inputOutput, "another process is writing to \(folder); wait for its end, or choose another --output")
    }
    return descriptor
  }
}

extension EvaluationFolder {
  /// The records and the protocol of several folders that hold shards of one evaluation.
  ///
  /// - Parameter allowsMissing: take what is there where shards are not complete.
  /// - Throws: `EvaluationError` where the folders hold different evaluations, two of them different records of one
  ///   index, or records are missing.
  public static func merged(
    _ folders: [String], allowsMissing: Bool = false
  ) throws -> (protocol: EvaluationProtocol, records: [Int: RecordFile.Line]) {
    guard let first = folders.first else { throw EvaluationError(.invalidRequest, "there is no folder to merge") }
    let `protocol` = try `protocol`(in: first)
    var records: [Int: RecordFile.Line] = [:]
    for folder in folders {
      let differences = try EvaluationFolder.protocol(in: folder).differences(from: `protocol`)
      guard differences.isEmpty else {
        throw EvaluationError(
          .mismatched,
          "\(folder) and \(first) are not of one evaluation: they differ in \(differences.joined(separator: ", "))")
      }
      for (index, line) in try RecordFile.read(recordsPath(folder)) {
        guard (0..<`protocol`.pictures.count).contains(index) else {
          throw EvaluationError(
            .malformed, "\(folder) has the record \(index) of an evaluation of \(`protocol`.pictures.count)")
        }
        if let other = records.updateValue(line, forKey: index), other.bytes != line.bytes {
          throw EvaluationError(
            .mismatched,
            "\(folder) has another record \(index) (\(line.record.file)) than the folders before it: machines of "
              + "different instruction sets, or a shard that was evaluated twice")
        }
      }
    }
    let missing = (0..<`protocol`.pictures.count).filter { records[$0] == nil }
    guard missing.isEmpty || allowsMissing else {
      let shown = missing.prefix(8).map(String.init).joined(separator: ", ")
      throw EvaluationError(
        .mismatched,
        "\(missing.count) of \(`protocol`.pictures.count) records are missing: \(shown)\(missing.count > 8 ? ", …" : "")"
          + "; evaluate their shards to the end, or merge what is there with --partial")
    }
    return (`protocol`, records)
  }

  /// Writes merged records into a folder of their own.
  public static func write(_ records: [Int: RecordFile.Line], _ protocol: EvaluationProtocol, to folder: String) throws
  {
    try AtomicFile.write(text(of: `protocol`), to: protocolPath(folder))
    try RecordFile.write(records, to: recordsPath(folder))
  }
}
