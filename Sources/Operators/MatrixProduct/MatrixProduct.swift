import Kernels
import Tensors

/// The product of two matrices that lie in tensors of one numeric type.
struct MatrixProduct: Sendable {
  /// A matrix in a tensor: its element (r, c) is the tensor's `from + r · rowStride + c · columnStride`.
  struct Operand: Sendable {
    let tensor: Tensor
    let from: Int
    let rowStride: Int
    let columnStride: Int
    /// The same matrix packed as a right operand.
    let packed: PackedMatrix?

    init(_ tensor: Tensor, from: Int = 0, rowStride: Int, columnStride: Int = 1, packed: PackedMatrix? = nil) {
      self.tensor = tensor
      self.from = from
      self.rowStride = rowStride
      self.columnStride = columnStride
      self.packed = packed
    }
  }

  let left: Operand
  let right: Operand
  let rows: Int
  let columns: Int
  let depth: Int

  /// Writes the product of float32 matrices, row-major, by the vector kernels.
  func write(to target: UnsafeMutablePointer<Float>, start: MatrixProductStart = .zero, _ pool: ThreadPool) {
    func multiply(_ a: UnsafeBufferPointer<Float>, by b: MatrixOperand) {
      let a = MatrixView(a.baseAddress! + left.from, rowStride: left.rowStride, columnStride: left.columnStride)
      gemm(
        .strided(a), b, rows: rows, columns: columns, depth: depth, output: target, outputStride: columns, start: start,
        pool: pool)
    }
    left.tensor.withElements(of: Float.self) { a in
      // The elements of a packed operand are not touched: they may be in a file still.
      if let packed = right.packed { return multiply(a, by: .packed(packed)) }
      right.tensor.withElements(of: Float.self) { b in
        multiply(
          a,
          by: .strided(
            MatrixView(b.baseAddress! + right.from, rowStride: right.rowStride, columnStride: right.columnStride)))
      }
    }
  }

  /// Writes the product of matrices of any type, row-major, by its definition.
  ///
  /// - Parameter finish: makes an element of its sum and its place.
  func write<Element: NumericElement>(
    to target: UnsafeMutablePointer<Element>, _ pool: ThreadPool,
    finish: @Sendable (Element.Wide, Int) -> Element = { sum, _ in Element(wide: sum) }
  ) {
    left.tensor.withElements(of: Element.self) { a in
      right.tensor.withElements(of: Element.self) { b in
        nonisolated(unsafe) let (a, b) = (a.baseAddress! + left.from, b.baseAddress! + right.from)
        nonisolated(unsafe) let target = target
        let steps = columns.multipliedClamping(by: max(depth, 1))
        pool.forEachChunk(of: rows, size: max(1, ThreadPool.chunk / max(steps, 1))) { rows in
          withUnsafeTemporaryAllocation(of: Element.Wide.self, capacity: max(columns, 1)) { buffer in
            let sums = buffer.baseAddress!
            for row in rows {
              sums.initialize(repeating: .zero, count: columns)
              for d in 0..<depth {
                let factor = a[row * left.rowStride + d * left.columnStride].wide
                let from = b + d * right.rowStride
                for column in 0..<columns {
                  let product = factor.times(from[column * right.columnStride].wide)
                  sums[column] = sums[column].plus(product)
                }
              }
              for column in 0..<columns {
                target[row * columns + column] = finish(sums[column], row * columns + column)
              }
            }
          }
        }
      }
    }
  }

  /// Writes the product by the vector kernels where they take the type.
  func writeFastest<Element: NumericElement>(to target: UnsafeMutablePointer<Element>, _ pool: ThreadPool) {
    if let floats = target as? UnsafeMutablePointer<Float> {
      write(to: floats, start: .zero, pool)
    } else {
      write(to: target, pool)
    }
  }
}

extension PackedMatrix {
  /// A constant float32 right operand packed; nil for other types, and for matrices that are too narrow to gain.
  init?(constant tensor: Tensor, rows: Int, columns: Int, isTransposed: Bool) {
    guard tensor.elementType == .float32, rows > 0, columns >= 8, rows.multipliedClamping(by: columns) == tensor.count
    else { return nil }
    let length = isTransposed ? rows : columns
    self.init(rows: rows, columns: columns, isTransposed: isTransposed, side: .right) { unit, pack in
      let lines = max(1, Self.pieceCount / length / unit) * unit
      tensor.forEachPieceOnce(of: Float.self, count: lines * length) { elements, start in
        pack(elements.lowerBound / length..<elements.upperBound / length, start)
      }
    }
  }

  /// The elements of a piece that is packed at a time: 1 MB.
  private static let pieceCount = 1 << 18
}

extension MatrixProduct {
  /// The product as a tensor of the operands' working type.
  func tensor(_ context: EvaluationContext) throws -> Tensor {
    try left.tensor.elementType.visited(by: ProductVisitor(product: self, context: context))
  }
}

private struct ProductVisitor: NumericVisitor {
  let product: MatrixProduct
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let shape = try Shape([product.rows, product.columns])
    return try Tensor(shape, of: type, allocator: context.allocator) { target in
      if shape.count > 0 { product.writeFastest(to: target.baseAddress!, context.pool) }
    }
  }
}
