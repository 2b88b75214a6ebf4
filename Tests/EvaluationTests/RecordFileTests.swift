import Evaluation
import Foundation
import TestSupport
import Testing

/// Files of records that end in the middle of a line, or are broken elsewhere.
struct RecordFileTests {
  private func record(_ index: Int, error: String? = nil) -> EvaluationRecord {
    var record = EvaluationRecord(index: index, file: "\(index).png")
    record.class = 1
    record.probability = 0.1 + Double(index)
    record.methods = error == nil ? ["a": .init()] : nil
    record.error = error
    return record
  }

  @Test func tornLinesAndFailedRecordsAreDoneAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("results.jsonl")
    do {
      let file = try RecordFile(resuming: path)
      for index in [2, 0] { try file.append(record(index)) }
      try file.append(record(1, error: "no picture"))
    }
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(try RecordFile.read(path).count == 3)
    // Cut anywhere, what is left are whole records.
    for count in [whole.count - 1, whole.count - 20, 5, 0] {
      try folder.write(Array(whole.prefix(count)), to: "torn.jsonl")
      let file = try RecordFile(resuming: folder.file("torn.jsonl"))
      let ends = whole.prefix(count).count { $0 == UInt8(ascii: "\n") }
      #expect(file.lines.count == min(ends, 2))
    }
    let file = try RecordFile(resuming: path)
    #expect(file.lines.keys.sorted() == [0, 2])
    try file.append(record(1))
    try file.finish()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.map { $0.contains(#""file":"0.png""#) } == [true, false, false])
    #expect(try RecordFile.read(path).values.map(\.record.index).sorted() == [0, 1, 2])
  }

  @Test(arguments: ["x\n", "{}\n", "{\"index\":0,\"file\":\"a\"}\n{\"index\":0,\"file\":\"a\"}\n"])
  func brokenFilesAreRefused(text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), to: "results.jsonl")
    #expect(throws: EvaluationError.self) { try RecordFile.read(path) }
  }
}
