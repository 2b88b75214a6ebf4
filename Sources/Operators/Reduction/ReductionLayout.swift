import Kernels
import Tensors

/// A tensor to reduce seen as a matrix: each row holds the elements that one element of the result is made from.
struct ReductionLayout: Sendable {
  /// The result's shape.
  let result: Shape

  /// How many elements a row has.
  let rowLength: Int

  private let rowCount: Int

  /// The axes that stay and then those that go; nil if they stand in that order already.
  private let permutation: [Int]?

  /// - Parameter axes: distinct axes, not negative.
  init(_ shape: Shape, axes: [Int], keepsAxes: Bool) throws(OperatorError) {
    var isReduced = [Bool](repeating: false, count: shape.rank)
    for axis in axes { isReduced[axis] = true }
    let kept = shape.dimensions.indices.filter { !isReduced[$0] }
    let reduced = shape.dimensions.indices.filter { isReduced[$0] }
    let order = kept + reduced
    permutation = order == Array(order.indices) ? nil : order
    rowLength = reduced.reduce(1) { $0 * shape[$1] }
    result = try .checked(
      keepsAxes ? shape.dimensions.indices.map { isReduced[$0] ? 1 : shape[$0] } : kept.map { shape[$0] })
    rowCount = result.count
  }

  /// The elements row by row.
  func rows(of tensor: Tensor, _ context: EvaluationContext) throws -> Tensor {
    guard let permutation else { return tensor }
    let shape = try Shape(permutation.map { tensor.shape[$0] })
    return try tensor.copied(StridedView(tensor.shape).permuted(permutation), to: shape, context)
  }

  /// Calls `body` for each row with the range of its elements, on all threads.
  func forEachRow(_ pool: ThreadPool, _ body: @Sendable (_ row: Int, _ elements: Range<Int>) -> Void) {
    let rowsPerChunk = max(1, (1 << 15) / max(rowLength, 1))
    pool.forEachChunk(of: rowCount, size: rowsPerChunk) { rows in
      for row in rows { body(row, row * rowLength..<(row + 1) * rowLength) }
    }
  }

  /// Whether any, or all, elements of a row are true.
  func reduceTruth(_ rows: Tensor, isMaximum: Bool, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(result, of: Bool.self, allocator: context.allocator) { result in
      rows.withElements(of: Bool.self) { elements in
        for row in result.indices {
          let rowElements = elements[row * rowLength..<(row + 1) * rowLength]
          result[row] = isMaximum ? rowElements.contains(true) : !rowElements.contains(false)
        }
      }
    }
  }
}
