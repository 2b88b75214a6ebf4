import Tensors

/// The n-grams that a TfIdfVectorizer counts, as a tree of tokens: a node for each sequence that one of them begins with.
struct NGramPool: Sendable {
  /// How many n-grams there are, those of lengths that are not counted as well.
  let count: Int

  private enum Tokens: Sendable {
    case strings([[UInt8]: Int])
    case integers([Int64: Int])
  }

  private struct Step: Hashable {
    let node: Int
    let token: Int
  }

  /// A number for each token.
  private let tokens: Tokens

  /// Where a token leads from a node. The root is 0.
  private var children: [Step: Int] = [:]

  /// For each node the n-gram that ends there.
  private var grams: [Int?] = [nil]

  /// Reads the pool from the attributes and checks it.
  ///
  /// - Parameter lengths: those of the n-grams that are counted.
  init(_ node: NodeDescription, lengths: ClosedRange<Int>) throws(OperatorError) {
    let strings = try node.strings("pool_strings").map { $0.map { Array($0.utf8) } }
    let integers = try node.ints("pool_int64s").map { $0.map { Int64($0) } }
    let sequence: [Int]
    switch (strings, integers) {
    case (let strings?, nil):
      let numbers = Self.numbers(of: strings)
      tokens = .strings(numbers)
      sequence = strings.map { numbers[$0]! }
    case (nil, let integers?):
      let numbers = Self.numbers(of: integers)
      tokens = .integers(numbers)
      sequence = integers.map { numbers[$0]! }
    default: throw .malformed("one of pool_strings and pool_int64s is expected")
    }
    guard let starts = try node.ints("ngram_counts"), !starts.isEmpty else {
      throw .malformed("attribute ngram_counts is missing or empty")
    }
    var count = 0
    for (place, start) in starts.enumerated() {
      let length = place + 1
      let end = length < starts.count ? starts[length] : sequence.count
      guard start >= 0, start <= end, end <= sequence.count, (end - start) % length == 0 else {
        throw .malformed(
          "ngram_counts \(starts) do not split a pool of \(sequence.count) into n-grams of length 1 to \(starts.count)")
      }
      for first in stride(from: start, to: end, by: length) {
        if lengths.contains(length) {
          guard Self.insert(sequence[first..<first + length], as: count, &children, &grams) else {
            throw .malformed("the \(length)-gram at \(first) of the pool stands there twice")
          }
        }
        count += 1
      }
    }
    self.count = count
  }

  private static func numbers<Key: Hashable>(of keys: [Key]) -> [Key: Int] {
    var numbers: [Key: Int] = [:]
    for key in keys where numbers[key] == nil { numbers[key] = numbers.count }
    return numbers
  }

  /// Adds an n-gram to the tree; false if it was there.
  private static func insert(
    _ sequence: ArraySlice<Int>, as gram: Int, _ children: inout [Step: Int], _ grams: inout [Int?]
  ) -> Bool {
    var node = 0
    for token in sequence {
      let step = Step(node: node, token: token)
      if let child = children[step] {
        node = child
      } else {
        node = grams.count
        children[step] = node
        grams.append(nil)
      }
    }
    guard grams[node] == nil else { return false }
    grams[node] = gram
    return true
  }

  /// The numbers of a tensor's tokens; −1 for one that is in no n-gram.
  ///
  /// - Throws: `mismatched` where the tensor is of another type than the pool.
  func tokens(of x: Tensor) throws(OperatorError) -> [Int] {
    switch tokens {
    case .strings(let numbers):
      try x.requireType(.string, named: "X")
      return x.strings.map { numbers[Array($0.utf8)] ?? -1 }
    case .integers(let numbers):
      return try x.integerElements(named: "X").map { numbers[Int64($0)] ?? -1 }
    }
  }

  /// Adds to `counts` how often each n-gram of a length in `lengths` stands in `row`, its tokens `distance` apart.
  func tally(_ row: ArraySlice<Int>, lengths: ClosedRange<Int>, distance: Int, _ counts: inout [Int]) {
    for start in row.indices {
      var node = 0
      var length = 0
      var place = start
      while place < row.endIndex, let child = children[Step(node: node, token: row[place])] {
        node = child
        length += 1
        if lengths.contains(length), let gram = grams[node] { counts[gram] += 1 }
        // Beyond the row's end also where the sum would overflow.
        place = distance < row.endIndex - place ? place + distance : row.endIndex
      }
    }
  }
}
