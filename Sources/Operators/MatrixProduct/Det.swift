import Kernels
import Tensors

/// The determinants of the square matrices along the last two axes, by elimination with the largest pivot of each
/// column, in double precision.
///
/// - Source: ONNX operator Det 11, 22.
struct Det: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X").requireFloats(named: "X")
    let rank = x.shape.rank
    guard rank >= 2, x.shape[rank - 1] == x.shape[rank - 2] else {
      throw OperatorError.mismatched("X has shape \(x.shape); square matrices are expected")
    }
    let size = x.shape[rank - 1]
    let shape = try Shape(Array(x.shape.dimensions[..<(rank - 2)]))
    return try withDoubles(of: [x], context) { pointers in
      let y = try Tensor(shape, of: Double.self, allocator: context.allocator) { y in
        nonisolated(unsafe) let (y, x) = (y, pointers[0])
        context.pool.forEach(shape.count) { matrix in
          y[matrix] = determinant(Array(x[matrix * size * size..<(matrix + 1) * size * size]), size: size)
        }
      }
      return [try y.rounded(to: x.elementType, context)]
    }
  }

  private func determinant(_ matrix: [Double], size: Int) -> Double {
    var (rows, result) = (matrix, 1.0)
    for column in 0..<size {
      var pivot = column
      for row in column..<size
      where rows[row * size + column].magnitude > rows[pivot * size + column].magnitude { pivot = row }
      if pivot != column {
        for index in column..<size { rows.swapAt(pivot * size + index, column * size + index) }
        result = -result
      }
      let head = rows[column * size + column]
      result *= head
      // What is left of the matrix has a column of zeros, or a NaN.
      guard head != 0 else { return result }
      for row in column + 1..<size {
        let factor = rows[row * size + column] / head
        for index in column..<size { rows[row * size + index] -= factor * rows[column * size + index] }
      }
    }
    return result
  }
}
