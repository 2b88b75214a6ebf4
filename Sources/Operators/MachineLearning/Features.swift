import Tensors

/// A matrix of numbers, a row an example; a list counts as one row.
struct Features {
  let rowCount: Int
  let width: Int
  private let elements: [Double]

  /// - Throws: `mismatched` where the tensor is none of float32, float64, int64 and int32, or has another rank.
  init(_ x: Tensor, named name: String = "X") throws {
    try x.requireType(.float32, .float64, .int64, .int32, named: name)
    guard x.shape.rank == 1 || x.shape.rank == 2 else {
      throw OperatorError.mismatched("input \(name) has shape \(x.shape); [N×F] or [F] is expected")
    }
    width = x.shape[x.shape.rank - 1]
    rowCount = x.shape.rank == 2 ? x.shape[0] : 1
    elements = try x.doubles()
  }

  subscript(row: Int) -> ArraySlice<Double> { elements[row * width..<(row + 1) * width] }

  /// Throws `mismatched` unless there are `count` features.
  func requireWidth(_ count: Int) throws(OperatorError) {
    guard width == count else { throw .mismatched("X has \(width) features; the model has \(count)") }
  }

  /// The rows that `body` makes of the rows, as a float32 matrix.
  ///
  /// - Precondition: each has `count` elements.
  func mapped(to count: Int, _ context: EvaluationContext, _ body: (ArraySlice<Double>) -> [Double]) throws -> Tensor {
    try Tensor(try Shape([rowCount, count]), of: Float.self, allocator: context.allocator) { result in
      for row in 0..<rowCount {
        for (index, value) in body(self[row]).enumerated() { result[row * count + index] = Float(value) }
      }
    }
  }
}
