import Tensors

/// The parts of each string between delimiters, along a new last axis that is as long as the most parts a string has and
/// filled up with empty strings; and the number of parts of each string.
///
/// Without a delimiter a string is split at runs of Unicode white space, of which those at its ends are dropped. After
/// `maxsplit` splits the rest stays one part; a negative `maxsplit` sets no limit.
///
/// - Source: ONNX operator StringSplit 20; where its text leaves it open, Python's `str.split`, which ONNX's reference
///   evaluator calls.
struct StringSplit: Operator {
  private let delimiter: [UInt8]
  private let limit: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    delimiter = Array((try node.string("delimiter") ?? "").utf8)
    let limit = try node.int("maxsplit") ?? -1
    self.limit = limit < 0 ? .max : limit
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    try x.requireType(.string, named: "X")
    var counts: [Int64] = []
    var longest = 0
    for text in x.strings {
      var count = 0
      forEachPart(of: text) { _ in count += 1 }
      counts.append(Int64(count))
      longest = max(longest, count)
    }
    let shape = try Shape(x.shape.dimensions + [longest])
    try requireStringMemory(shape.count, context)
    var parts: [String] = []
    parts.reserveCapacity(shape.count)
    for (index, text) in x.strings.enumerated() {
      forEachPart(of: text) { parts.append(String($0)) }
      parts.append(contentsOf: repeatElement("", count: longest - Int(counts[index])))
    }
    return [Tensor(shape, strings: parts), Tensor(x.shape, counts)]
  }

  private func forEachPart(of text: String, _ body: (Substring) -> Void) {
    if delimiter.isEmpty { splitAtSpace(text, body) } else { splitAtDelimiter(text, body) }
  }

  private func splitAtDelimiter(_ text: String, _ body: (Substring) -> Void) {
    let bytes = text.utf8
    var splits = 0
    var start = bytes.startIndex
    var place = start
    while splits < limit, place < bytes.endIndex {
      if bytes[place...].starts(with: delimiter) {
        body(text[start..<place])
        place = bytes.index(place, offsetBy: delimiter.count)
        start = place
        splits += 1
      } else {
        place = bytes.index(after: place)
      }
    }
    body(text[start...])
  }

  private func splitAtSpace(_ text: String, _ body: (Substring) -> Void) {
    var rest = text.unicodeScalars[...]
    var splits = 0
    while true {
      rest = rest.drop { $0.properties.isWhitespace }
      guard !rest.isEmpty else { return }
      let end = splits < limit ? rest.firstIndex { $0.properties.isWhitespace } : nil
      body(text[rest.startIndex..<(end ?? rest.endIndex)])
      guard let end else { return }
      rest = rest[end...]
      splits += 1
    }
  }
}
