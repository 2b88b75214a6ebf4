import GraphIR
import Operators
import Tensors
import Testing

@Suite("Strings")
struct StringTests {
  private func strings(_ shape: [Int], _ values: String...) -> Tensor { Tensor(try! Shape(shape), strings: values) }

  private func text(_ value: String) -> Attribute { .string(Array(value.utf8)) }

  /// Expected parts and counts from Python's `str.split`.
  static let splits: [(String?, Int64?, [String], [Int64])] = [
    (nil, nil, ["a", "b\u{e9}", "c", "", "", "", "x", "", ""], [3, 0, 1]),
    (nil, 1, ["a", "b\u{e9}\u{3000}c  ", "", "", "x", ""], [2, 0, 1]),
    (nil, 0, ["a\t b\u{e9}\u{3000}c  ", "", "x"], [1, 0, 1]),
    ("x", nil, [" a\t b\u{e9}\u{3000}c  ", "", "", "", "", ""], [1, 1, 2]),
    ("x", -1, [" a\t b\u{e9}\u{3000}c  ", "", "", "", "", ""], [1, 1, 2]),
  ]

  @Test("StringSplit", arguments: splits)
  func split(delimiter: String?, limit: Int64?, parts: [String], counts: [Int64]) throws {
    var attributes: [String: Attribute] = [:]
    attributes["delimiter"] = delimiter.map { text($0) }
    attributes["maxsplit"] = limit.map { .int($0) }
    let x = strings([3], " a\t b\u{e9}\u{3000}c  ", "", "x")
    let results = try call("StringSplit", opset: 20, [x], attributes: attributes, outputs: 2)
    #expect(results[0].shape.dimensions == [3, parts.count / 3] && results[0].strings == parts)
    #expect(results[1].elements(of: Int64.self) == counts)
  }

  /// By the specification of Unicode: é of two scalars is another string than é of one.
  @Test("Strings are compared by their bytes")
  func bytes() throws {
    let x = strings([3], "\u{e9}", "e\u{301}", "b")
    let kept = try call(
      "StringNormalizer", opset: 10, [x],
      attributes: ["stopwords": .strings([Array("\u{e9}".utf8)]), "is_case_sensitive": .int(1)])[0]
    #expect(kept.strings.map { Array($0.utf8) } == [Array("e\u{301}".utf8), [0x62]])
    let parts = try call("StringSplit", opset: 20, [x], attributes: ["delimiter": text("\u{301}")])[0]
    #expect(parts.shape.dimensions == [3, 2] && parts.strings[2] == "e")
  }

  @Test("StringNormalizer")
  func normalizer() throws {
    let x = strings([1, 3], "The", "STRASSE", "the")
    let stops: [String: Attribute] = ["stopwords": .strings([Array("THE".utf8)]), "case_change_action": text("LOWER")]
    let y = try call("StringNormalizer", opset: 10, [x], attributes: stops)[0]
    #expect(y.shape.dimensions == [1, 1] && y.strings == ["strasse"])
    let none = try call("StringNormalizer", opset: 10, [strings([0])], attributes: stops)[0]
    #expect(none.shape.dimensions == [1] && none.strings == [""])
    #expect(throws: OperatorError.self) { try call("StringNormalizer", opset: 10, [strings([2, 1], "a", "b")]) }
    #expect(throws: OperatorError.self) { try call("StringNormalizer", opset: 10, [.counting(2)]) }
    for attributes in [["case_change_action": text("TITLE")], stops.merging(["locale": text("tr_TR")]) { $1 }] {
      #expect(throws: OperatorError.self) { try call("StringNormalizer", opset: 10, [x], attributes: attributes) }
    }
  }

  @Test("StringConcat")
  func concat() throws {
    let y = try call("StringConcat", opset: 20, [strings([2, 1], "a", "b"), strings([2], "c", "d")])[0]
    #expect(y.shape.dimensions == [2, 2] && y.strings == ["ac", "ad", "bc", "bd"])
    #expect(try call("StringConcat", opset: 20, [strings([0]), strings([1], "a")])[0].shape.dimensions == [0])
    #expect(throws: (any Error).self) { try call("StringConcat", opset: 20, [strings([0]), strings([2], "a", "b")]) }
    #expect(throws: OperatorError.self) { try call("StringConcat", opset: 20, [strings([1], "a"), .counting(1)]) }
  }
}
