import Tensors

/// An equation of Einstein's summation convention, such as `bhid,bhjd->bhij`.
///
/// - Source: ONNX operator Einsum 12.
struct EinsumEquation: Sendable {
  /// What stands for one axis, or for several.
  enum Symbol: Hashable, Sendable {
    case letter(UInt8)
    /// As many axes as the operand has more than letters; they broadcast.
    case ellipsis
  }

  /// The symbols of each operand's axes.
  let operands: [[Symbol]]

  /// The symbols of the output's axes.
  let output: [Symbol]

  /// - Throws: `malformed` where the equation breaks the grammar.
  init(_ text: String) throws(OperatorError) {
    var bytes = text.utf8.filter { $0 != UInt8(ascii: " ") }
    var right: [UInt8]?
    let arrow = Array("->".utf8)
    if let place = bytes.indices.dropLast().first(where: { Array(bytes[$0...$0 + 1]) == arrow }) {
      right = Array(bytes[(place + 2)...])
      bytes = Array(bytes[..<place])
    }
    var operands: [[Symbol]] = []
    for term in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      operands.append(try EinsumEquation.symbols(of: Array(term), in: text))
    }
    self.operands = operands
    if let right {
      output = try EinsumEquation.symbols(of: right, in: text)
    } else {
      output = EinsumEquation.impliedOutput(of: operands)
    }
    guard Set(output).count == output.count, Set(output).isSubset(of: Set(operands.joined()).union([.ellipsis])) else {
      throw .malformed("the output of the equation '\(text)' repeats a letter, or has one that no operand has")
    }
  }

  private static func symbols(of term: [UInt8], in text: String) throws(OperatorError) -> [Symbol] {
    var symbols: [Symbol] = []
    var index = 0
    while index < term.count {
      let byte = term[index]
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        symbols.append(.letter(byte))
        index += 1
      case UInt8(ascii: "."):
        guard index + 3 <= term.count, term[index..<index + 3].allSatisfy({ $0 == byte }), !symbols.contains(.ellipsis)
        else { fallthrough }
        symbols.append(.ellipsis)
        index += 3
      default:
        throw .malformed("the equation '\(text)' is not letters, commas, at most one '...' a term, and '->'")
      }
    }
    return symbols
  }

  /// The ellipsis, and then the letters that stand once in the whole equation, in ASCII order.
  private static func impliedOutput(of operands: [[Symbol]]) -> [Symbol] {
    var counts: [UInt8: Int] = [:]
    var hasEllipsis = false
    for symbol in operands.joined() {
      if case .letter(let letter) = symbol { counts[letter, default: 0] += 1 } else { hasEllipsis = true }
    }
    let letters = counts.filter { $0.value == 1 }.keys.sorted().map { Symbol.letter($0) }
    return (hasEllipsis ? [.ellipsis] : []) + letters
  }

  /// Labels of all axes: letters are their ASCII codes, axes of the ellipsis −1, −2, … from the last one.
  ///
  /// - Throws: `mismatched` where an operand's rank does not fit.
  func labels(for shapes: [Shape]) throws(OperatorError) -> (operands: [[Int]], output: [Int]) {
    guard shapes.count == operands.count else {
      throw .mismatched("the equation has \(operands.count) operands, \(shapes.count) are given")
    }
    var widest = 0
    var result: [[Int]] = []
    for (symbols, shape) in zip(operands, shapes) {
      let hidden = shape.rank - (symbols.count - (symbols.contains(.ellipsis) ? 1 : 0))
      guard symbols.contains(.ellipsis) ? hidden >= 0 : hidden == 0 else {
        throw .mismatched("an operand of shape \(shape) does not have the axes that the equation names")
      }
      widest = max(widest, hidden)
      result.append(EinsumEquation.labels(of: symbols, ellipsisRank: hidden))
    }
    return (result, EinsumEquation.labels(of: output, ellipsisRank: widest))
  }

  private static func labels(of symbols: [Symbol], ellipsisRank: Int) -> [Int] {
    symbols.flatMap { symbol -> [Int] in
      switch symbol {
      case .letter(let letter): [Int(letter)]
      case .ellipsis: (0..<ellipsisRank).map { $0 - ellipsisRank }
      }
    }
  }
}
