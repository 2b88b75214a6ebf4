import OnnxFormat
import Testing

/// Protocol Buffers by hand, for files that no library writes.
enum WireBytes {
  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// A field that holds a number.
  static func field(_ number: UInt64, _ value: UInt64) -> [UInt8] { varint(number << 3) + varint(value) }

  /// A field that holds text, bytes or a message.
  static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(content.count)) + content
  }

  static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  /// A model of IR version 8 and opset 13 with the given content of its graph.
  static func model(graph: [UInt8]) -> [UInt8] {
    field(1, 8) + field(8, field(2, 13)) + field(7, graph)
  }

  /// A node's fields.
  static func node(_ operatorName: String, _ inputs: [String], _ outputs: [String]) -> [UInt8] {
    inputs.flatMap { field(1, $0) } + outputs.flatMap { field(2, $0) } + field(4, operatorName)
  }

  /// A graph's fields: x, through Relu, to y.
  static let relu = field(1, node("Relu", ["x"], ["y"])) + field(11, field(1, "x")) + field(12, field(1, "y"))
}

/// Reads bytes that must be refused with an error.
@discardableResult
func refusal(
  of bytes: [UInt8], limits: Limits = .default, sourceLocation: SourceLocation = #_sourceLocation
) -> ModelError? {
  #expect(throws: ModelError.self, sourceLocation: sourceLocation) {
    try ModelReader.read(bytes: bytes, limits: limits)
  }
}
