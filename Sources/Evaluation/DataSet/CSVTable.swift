import Tensors

/// A table of comma-separated values with a heading.
///
/// - Source: RFC 4180; rows may end in a line feed alone.
struct CSVTable {
  let columns: [String]
  /// As many fields a row as there are columns.
  let rows: [[String]]

  /// - Throws: `EvaluationError` where a quote stays open or a row has another number of fields than the heading.
  init(parsing bytes: [UInt8]) throws(EvaluationError) {
    var records = try CSVTable.records(in: bytes)
    guard !records.isEmpty else { throw EvaluationError(.malformed, "the table is empty; a heading is expected") }
    let columns = records.removeFirst()
    for (index, record) in records.enumerated() where record.count != columns.count {
      throw EvaluationError(
        .malformed, "row \(index + 2) of the table has \(record.count) fields, its heading \(columns.count)")
    }
    self.columns = columns
    rows = records
  }

  /// The place of the first of some columns that is there.
  func column(_ names: String...) -> Int? {
    names.lazy.compactMap { name in columns.firstIndex { $0.lowercased() == name } }.first
  }

  private static func records(in bytes: [UInt8]) throws(EvaluationError) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    // A byte order mark is no part of the first column's name.
    var place = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    func endField() {
      record.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
    }
    func endRecord() {
      endField()
      // An empty line is no record.
      if record != [""] { records.append(record) }
      record.removeAll(keepingCapacity: true)
    }
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\"") where isQuoted:
        if place < bytes.count, bytes[place] == byte {
          field.append(byte)
          place += 1
        } else {
          isQuoted = false
        }
      case _ where isQuoted: field.append(byte)
      case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
      case UInt8(ascii: ","): endField()
      case UInt8(ascii: "\n"): endRecord()
      case UInt8(ascii: "\r"): continue
      default: field.append(byte)
      }
    }
    guard !isQuoted else { throw EvaluationError(.malformed, "a quote in the table is never closed") }
    if !field.isEmpty || !record.isEmpty { endRecord() }
    return records
  }
}
