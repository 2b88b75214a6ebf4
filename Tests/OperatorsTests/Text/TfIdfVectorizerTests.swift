import GraphIR
import Operators
import Tensors
import Testing

@Suite("TfIdfVectorizer")
struct TfIdfVectorizerTests {
  private let attributes: [String: Attribute] = [
    "mode": .string(Array("TF".utf8)), "min_gram_length": .int(1), "max_gram_length": .int(2),
    "max_skip_count": .int(1), "ngram_counts": .ints([0, 3]), "ngram_indexes": .ints([2, 0, 1, 4, 3]),
    "pool_int64s": .ints([1, 2, 3, 1, 2, 2, 3]),
  ]

  private func vector(
    _ changes: [String: Attribute], without removed: String? = nil, _ x: Tensor = .list(1, 2, 1, 2, 3)
  ) throws -> [Float] {
    var attributes = attributes.merging(changes) { $1 }
    if let removed { attributes[removed] = nil }
    return try call("TfIdfVectorizer", opset: 9, [x], attributes: attributes)[0].elements(of: Float.self)
  }

  /// Expected values from onnxruntime 1.32.
  @Test("Counts, skips and weights that lie elsewhere than the n-grams")
  func values() throws {
    #expect(try vector([:]) == [2, 1, 2, 1, 2])
    for (mode, expected) in [("IDF", [Float]([20, 30, 10, 50, 40])), ("TFIDF", [40, 30, 20, 50, 80])] {
      let changes: [String: Attribute] = [
        "mode": .string(Array(mode.utf8)), "weights": .floats([10, 20, 30, 40, 50]),
      ]
      #expect(try vector(changes) == expected)
    }
    let rows = Tensor.of([2, 3], [Int64(1), 2, 3, 3, 3, 9])
    #expect(try vector([:], rows) == [1, 1, 1, 1, 1, 0, 2, 0, 0, 0])
    let far = try vector(["max_skip_count": .int(4)])
    #expect(try vector(["max_skip_count": .int(.max)]) == far)
  }

  @Test("Strings, of which none is known")
  func unknown() throws {
    let changes: [String: Attribute] = [
      "pool_strings": .strings(["a", "b", "c", "a", "b", "b", "c"].map { Array($0.utf8) })
    ]
    #expect(
      try vector(changes, without: "pool_int64s", Tensor(try Shape([2]), strings: ["x", "y"])) == [0, 0, 0, 0, 0])
    #expect(try vector(changes, without: "pool_int64s", Tensor(try Shape([0]), strings: [])) == [0, 0, 0, 0, 0])
    #expect(throws: OperatorError.self) { try vector(changes, without: "pool_int64s") }
    #expect(throws: OperatorError.self) { try vector(changes) }
  }

  @Test("Pools that do not fit are refused")
  func refused() {
    let changes: [(String, Attribute)] = [
      ("mode", .string(Array("BM25".utf8))), ("min_gram_length", .int(0)), ("max_gram_length", .int(0)),
      ("max_skip_count", .int(-1)), ("ngram_counts", .ints([0, 2])), ("ngram_counts", .ints([3, 0])),
      ("ngram_counts", .ints([-1, 3])), ("ngram_counts", .ints([0, .max])), ("ngram_counts", .ints([])),
      ("ngram_indexes", .ints([0, 1, 2, 3])), ("ngram_indexes", .ints([0, 1, 2, 3, -4])),
      ("ngram_indexes", .ints([0, 1, 2, 3, .max])),
      ("pool_int64s", .ints([1, 2, 1, 1, 2, 2, 3])),
      ("pool_strings", .strings([])),
    ]
    for (name, value) in changes {
      #expect(throws: OperatorError.self, "\(name) \(value)") { try vector([name: value]) }
    }
    for name in ["mode", "pool_int64s", "ngram_counts", "ngram_indexes", "max_gram_length", "max_skip_count"] {
      #expect(throws: OperatorError.self) { try vector([:], without: name) }
    }
    #expect(throws: (any Error).self) { try vector(["ngram_indexes": .ints([0, 1, 2, 3, 1 << 50])]) }
    #expect(throws: OperatorError.self) { try vector([:], .of([0, 2], [Int64]())) }
    #expect(throws: OperatorError.self) { try vector([:], .counting(2)) }
  }
}
