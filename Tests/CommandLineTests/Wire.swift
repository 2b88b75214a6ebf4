/// Model files by hand, in Protocol Buffers' wire format, that no exporter writes.
enum Wire {
  private static func varint(_ value: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func field(_ number: Int, _ value: Int) -> [UInt8] { varint(number << 3) + varint(value) }

  private static func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(content.count) + content
  }

  private static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  /// A model of opset 13 with a graph's fields, from `x` to `y`.
  private static func model(graph: [UInt8]) -> [UInt8] {
    let imported = field(8, field(2, 13))
    return field(1, 8) + imported + field(7, graph + field(11, field(1, "x")) + field(12, field(1, "y")))
  }

  /// One node from x to y.
  static func model(operatorName: String) -> [UInt8] {
    model(graph: field(1, field(1, "x") + field(2, "y") + field(4, operatorName)))
  }

  /// A node whose attribute is a graph of a node whose attribute is a graph, and so on.
  static func nestedSubgraphs(_ depth: Int) -> [UInt8] {
    var graph = field(1, field(4, "If"))
    for _ in 0..<depth {
      let attribute = field(1, "then_branch") + field(6, graph) + field(20, 5)
      graph = field(1, field(4, "If") + field(5, attribute))
    }
    return model(graph: graph)
  }

  /// y = x + w with w, one float, in a file of its own.
  static func externalModel(location: String) -> [UInt8] {
    let entry = field(13, field(1, "location") + field(2, location))
    let tensor = field(1, 1) + field(2, 1) + field(8, "w") + field(14, 1) + entry
    return model(graph: field(1, field(1, "x") + field(1, "w") + field(2, "y") + field(4, "Add")) + field(5, tensor))
  }
}
