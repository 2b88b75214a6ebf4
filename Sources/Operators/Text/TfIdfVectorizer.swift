import Tensors

/// How often the n-grams of a pool stand in each row of tokens, with up to `max_skip_count` tokens left out between two
/// neighbours: [C] gives [size], [N, C] gives [N, size].
///
/// - Source: ONNX operator TfIdfVectorizer 9. The i-th weight is that of the i-th n-gram, as the text says and onnxruntime
///   does.
struct TfIdfVectorizer: Operator {
  private enum Mode: String {
    case counts = "TF"
    case presence = "IDF"
    case weightedCounts = "TFIDF"
  }

  private let mode: Mode
  private let lengths: ClosedRange<Int>
  private let skipLimit: Int
  private let pool: NGramPool

  /// For each n-gram its place in a row of the result.
  private let columns: [Int]

  /// The extent of a row of the result.
  private let size: Int

  private let weights: [Float]?

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let mode = (try node.string("mode")).flatMap({ Mode(rawValue: $0) }) else {
      throw .malformed("attribute mode is not TF, IDF or TFIDF")
    }
    guard let shortest = try node.int("min_gram_length"), let longest = try node.int("max_gram_length"), shortest >= 1,
      shortest <= longest
    else { throw .malformed("min_gram_length and max_gram_length are not two lengths in order") }
    guard let skipLimit = try node.int("max_skip_count"), skipLimit >= 0 else {
      throw .malformed("max_skip_count is missing or negative")
    }
    pool = try NGramPool(node, lengths: shortest...longest)
    guard let columns = try node.ints("ngram_indexes"), columns.count == pool.count, let last = columns.max(),
      columns.allSatisfy({ $0 >= 0 }), last < .max
    else { throw .malformed("ngram_indexes do not hold a place for each of the \(pool.count) n-grams") }
    weights = mode == .counts ? nil : try node.floats("weights")
    guard weights == nil || weights?.count == pool.count else {
      throw .malformed("weights do not hold a number for each of the \(pool.count) n-grams")
    }
    (self.mode, self.lengths, self.skipLimit, self.columns, size) =
      (mode, shortest...longest, skipLimit, columns, last + 1)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    guard x.shape.rank <= 1 || (x.shape.rank == 2 && x.shape[0] > 0) else {
      throw OperatorError.mismatched("X has shape \(x.shape); [C] or [N×C] is expected")
    }
    let tokens = try pool.tokens(of: x)
    let rowCount = x.shape.rank == 2 ? x.shape[0] : 1
    let length = x.count / rowCount
    let shape = try Shape(x.shape.dimensions.dropLast() + [size])
    return [
      try Tensor(shape, of: Float.self, allocator: context.allocator) { result in
        result.update(repeating: 0)
        for row in 0..<rowCount {
          let counts = counts(in: tokens[row * length..<(row + 1) * length])
          for (gram, count) in counts.enumerated() where count > 0 {
            let frequency = mode == .presence ? 1 : Float(count)
            result[row * size + columns[gram]] += frequency * (weights?[gram] ?? 1)
          }
        }
      }
    ]
  }

  private func counts(in row: ArraySlice<Int>) -> [Int] {
    var counts = [Int](repeating: 0, count: pool.count)
    // Tokens cannot be farther apart than the row is long.
    for distance in 1...(min(skipLimit, row.count) + 1) {
      // A token alone has no neighbour to be apart from: it counts but once.
      let shortest = distance == 1 ? lengths.lowerBound : max(2, lengths.lowerBound)
      guard shortest <= lengths.upperBound else { break }
      pool.tally(row, lengths: shortest...lengths.upperBound, distance: distance, &counts)
    }
    return counts
  }
}
