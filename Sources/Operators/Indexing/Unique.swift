import Tensors

/// The distinct elements, or slices along an axis, sorted or in the order of their first occurrence; then as int64 where
/// each first occurs, which of them each element is, and how often each occurs.
///
/// Complexity: n log n comparisons of n elements or slices.
///
/// - Source: ONNX operator Unique 11, 28.
struct Unique: Operator {
  private let axis: Int?
  private let isSorted: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis")
    isSorted = try node.flag("sorted", default: true)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let given = try inputs.required(0, "X")
    let x = try axis == nil ? given.reshaped(to: try Shape([given.count])) : given
    let axis = try x.shape.normalizedAxis(axis ?? 0)
    // The axis first, so that a slice is a block of neighbouring elements.
    let order = [axis] + x.shape.dimensions.indices.filter { $0 != axis }
    let slices = try x.copied(StridedView(x.shape).permuted(order), to: try Shape(order.map { x.shape[$0] }), context)
    let length = slices.shape.count(of: 1..<slices.shape.rank)
    guard length > 0 else { throw OperatorError.mismatched("slices of an input of shape \(x.shape) are empty") }
    let groups = Groups(ranking: try slices.ranks(ofBlocks: length, context), isSorted: isSorted)

    let shape = try Shape([groups.first.count] + slices.shape.dimensions.dropFirst())
    let picked = try slices.gatheringBlocks(of: length, count: groups.first.count, to: shape, context) {
      groups.first[$0] * length
    }
    let back = order.indices.map { order.firstIndex(of: $0)! }
    let y = try picked.copied(
      StridedView(shape).permuted(back), to: try x.shape.replacing(axis, by: groups.first.count), context)
    let lists = try [groups.first, groups.groupOfBlock, groups.counts].map { list in
      Tensor(try Shape([list.count]), list.map { Int64($0) })
    }
    return [y] + lists
  }
}

/// Equal blocks put together.
private struct Groups {
  /// The first block of each group.
  var first: [Int] = []
  /// Each block's group.
  var groupOfBlock: [Int]
  /// How many blocks each group has.
  var counts: [Int] = []

  /// - Parameter ranks: for each block a number; equal blocks have equal numbers, smaller blocks smaller ones.
  init(ranking ranks: [Int], isSorted: Bool) {
    groupOfBlock = [Int](repeating: 0, count: ranks.count)
    var firstOfRank: [Int: Int] = [:]
    for (block, rank) in ranks.enumerated() where firstOfRank[rank] == nil { firstOfRank[rank] = block }
    let ordered = firstOfRank.sorted { isSorted ? $0.key < $1.key : $0.value < $1.value }
    first = ordered.map(\.value)
    counts = ordered.map { _ in 0 }
    let groupOfRank = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($0.element.key, $0.offset) })
    for (block, rank) in ranks.enumerated() {
      groupOfBlock[block] = groupOfRank[rank]!
      counts[groupOfBlock[block]] += 1
    }
  }
}

extension Tensor {
  /// For each block of `length` elements the number of distinct blocks that come before it in lexicographic order.
  fileprivate func ranks(ofBlocks length: Int, _ context: EvaluationContext) throws -> [Int] {
    switch elementType {
    case .string:
      // By code points, which is the order of the UTF-8 bytes.
      let bytes = strings.map { Array($0.utf8) }
      return blockRanks(count: count / length, length: length) { left, right in
        bytes[left] == bytes[right] ? 0 : bytes[left].lexicographicallyPrecedes(bytes[right]) ? -1 : 1
      }
    case .bool:
      let truths = elements(of: Bool.self).map { $0 ? 1 : 0 }
      return blockRanks(count: count / length, length: length) { truths[$0] - truths[$1] }
    default: return try elementType.visited(by: RankVisitor(tensor: try widened(context), length: length))
    }
  }
}

private struct RankVisitor: NumericVisitor {
  let tensor: Tensor
  let length: Int

  func visit<Element: NumericElement>(_ type: Element.Type) -> [Int] {
    tensor.withElements(of: type) { elements in
      blockRanks(count: elements.count / length, length: length) { left, right in
        let (a, b) = (elements[left], elements[right])
        // NaNs are equal to each other and larger than all numbers, as in NumPy.
        if a.isNaN || b.isNaN { return (a.isNaN ? 1 : 0) - (b.isNaN ? 1 : 0) }
        return a < b ? -1 : a > b ? 1 : 0
      }
    }
  }
}

/// Ranks blocks by a comparison of single elements that is negative, zero or positive.
private func blockRanks(count: Int, length: Int, comparing compare: (Int, Int) -> Int) -> [Int] {
  func order(_ left: Int, _ right: Int) -> Int {
    for offset in 0..<length {
      let result = compare(left * length + offset, right * length + offset)
      if result != 0 { return result }
    }
    return 0
  }
  let sorted = sortedPositions(count) { order($0, $1) < 0 }
  var ranks = [Int](repeating: 0, count: count)
  for (place, block) in sorted.enumerated().dropFirst() {
    ranks[block] = ranks[sorted[place - 1]] + (order(sorted[place - 1], block) == 0 ? 0 : 1)
  }
  return ranks
}
