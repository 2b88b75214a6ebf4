import Tensors

/// The places that an affine map takes an even grid over −1 … 1 to, for GridSample: theta [N, r, r + 1] and the size of
/// the images give [N, …, r].
///
/// - Source: ONNX operator AffineGrid 20.
struct AffineGrid: Operator {
  private let alignsCorners: Bool

  init(_ node: NodeDescription) throws(OperatorError) { alignsCorners = try node.flag("align_corners") }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let theta = try inputs.required(0, "theta")
    guard let size = try inputs.integers(1, "size"), size.count == 4 || size.count == 5 else {
      throw OperatorError.malformed("size does not hold 4 or 5 extents")
    }
    let rank = size.count - 2
    guard theta.elementType.isFloatingPoint, theta.shape.dimensions == [size[0], rank, rank + 1] else {
      throw OperatorError.mismatched("theta of shape \(theta.shape) does not fit images of size \(size)")
    }
    let extents = Array(size[2...])
    let shape = try Shape([size[0]] + extents + [rank])
    let matrices = try theta.doubles()
    let grid = try Tensor(shape, of: Double.self, allocator: context.allocator) { grid in
      guard shape.count > 0 else { return }
      let strides = try Shape(extents).strides
      let places = try Shape(extents).count
      for place in 0..<size[0] * places {
        let matrix = place / places * rank * (rank + 1)
        for row in 0..<rank {
          let first = matrix + row * (rank + 1)
          var sum = matrices[first + rank]
          for axis in 0..<rank {
            // The matrix holds the last axis' factor first.
            let position = place % places / strides[axis] % extents[axis]
            sum += matrices[first + rank - 1 - axis] * coordinate(position, of: extents[axis])
          }
          grid[place * rank + row] = sum
        }
      }
    }
    return [try grid.rounded(to: theta.elementType, context)]
  }

  private func coordinate(_ position: Int, of extent: Int) -> Double {
    guard alignsCorners else { return Double(2 * position + 1) / Double(extent) - 1 }
    return extent > 1 ? Double(2 * position) / Double(extent - 1) - 1 : 0
  }
}
