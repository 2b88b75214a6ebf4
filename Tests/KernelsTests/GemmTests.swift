import Kernels
import Testing

@Suite("Matrix products")
struct GemmTests {
  private static let extents = [
    (1, 1, 1), (2, 3, 5), (3, 47, 9), (4, 48, 16), (5, 49, 17), (7, 96, 385), (8, 97, 3), (9, 15, 700), (13, 16, 1),
    (17, 33, 384), (64, 1, 50), (1, 100, 300), (300, 40, 12), (40, 500, 9), (3, 24, 0),
  ]

  @Test("The product is near the one in double precision", arguments: extents)
  func matchesReference(extents: (rows: Int, columns: Int, depth: Int)) {
    let (rows, columns, depth) = extents
    let a = Floats(numbers(rows * depth, seed: 1))
    let b = Floats(numbers(depth * columns, seed: 2))
    let bias = Floats(numbers(rows, seed: 3))
    let pool = ThreadPool(threadCount: 2)
    let expected = (0..<rows * columns).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      var sum = ReferenceSum()
      sum.add(bias[row], 1)
      for d in 0..<depth { sum.add(a[row * depth + d], b[d * columns + column]) }
      return sum
    }
    let left = MatrixView(a.start, rowStride: depth)
    let right = MatrixView(b.start, rowStride: columns)
    for set in InstructionSet.available {
      let packedLeft = PackedMatrix(left, rows: rows, columns: depth, side: .left, instructionSet: set)
      let packedRight = PackedMatrix(right, rows: depth, columns: columns, side: .right, instructionSet: set)
      for (left, right) in [
        (MatrixOperand.strided(left), MatrixOperand.strided(right)), (.packed(packedLeft), .strided(right)),
        (.strided(left), .packed(packedRight)), (.packed(packedLeft), .packed(packedRight)),
      ] {
        let c = Floats(count: rows * columns)
        gemm(
          left, right, rows: rows, columns: columns, depth: depth, output: c.start, outputStride: columns,
          start: .rowBias(bias.start), pool: pool, instructionSet: set)
        let wrong = expected.indices.filter { !expected[$0].admits(c[$0]) }
        #expect(wrong.isEmpty)
      }
    }
  }

  @Test("A matrix in pieces is packed as the whole", arguments: InstructionSet.available)
  func piecewisePacking(set: InstructionSet) {
    let (rows, columns) = (101, 203)
    let values = Floats(numbers(rows * columns, seed: 7))
    let other = Floats(numbers(max(rows, columns), seed: 8))
    let pool = ThreadPool(threadCount: 2)
    for (side, isTransposed) in [(PackedMatrix.Side.left, false), (.left, true), (.right, false), (.right, true)] {
      let length = isTransposed ? rows : columns
      let view = MatrixView(values.start, rowStride: length)
      let whole = PackedMatrix(
        isTransposed ? view.transposed : view, rows: rows, columns: columns, side: side, instructionSet: set)
      let pieces = PackedMatrix(
        rows: rows, columns: columns, isTransposed: isTransposed, side: side, instructionSet: set
      ) { unit, pack in
        let (lines, step) = (isTransposed ? columns : rows, 2 * unit)
        for first in stride(from: 0, to: lines, by: step) {
          pack(first..<min(first + step, lines), UnsafePointer(values.start) + first * length)
        }
      }
      let products = [whole, pieces].map { packed in
        let c = Floats(count: side == .left ? rows : columns)
        let vector = MatrixOperand.strided(MatrixView(other.start, rowStride: side == .left ? 1 : rows))
        gemm(
          side == .left ? .packed(packed) : vector, side == .left ? vector : .packed(packed),
          rows: side == .left ? rows : 1, columns: side == .left ? 1 : columns, depth: side == .left ? columns : rows,
          output: c.start, outputStride: side == .left ? 1 : columns, start: .zero, pool: pool, instructionSet: set)
        return (0..<(side == .left ? rows : columns)).map { c[$0].bitPattern }
      }
      #expect(products[0] == products[1])
    }
  }

  @Test("Strides, column bias and accumulation", arguments: InstructionSet.available)
  func stridesAndStarts(set: InstructionSet) {
    let (rows, columns, depth, stride) = (11, 53, 19, 60)
    let pool = ThreadPool(threadCount: 2)
    let a = Floats(numbers(rows * depth, seed: 4))
    let b = Floats(numbers(depth * columns, seed: 5))
    let bias = Floats(numbers(columns, seed: 6))
    // Both operands stand transposed in memory.
    let left = MatrixView(a.start, rowStride: rows).transposed
    let right = MatrixView(b.start, rowStride: depth).transposed
    let packed = PackedMatrix(right, rows: depth, columns: columns, side: .right, instructionSet: set)
    for operand in [MatrixOperand.strided(right), .packed(packed)] {
      let c = Floats(count: rows * stride)
      for start in [MatrixProductStart.columnBias(bias.start), .output] {
        gemm(
          .strided(left), operand, rows: rows, columns: columns, depth: depth, output: c.start, outputStride: stride,
          start: start, pool: pool, instructionSet: set)
      }
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = ReferenceSum()
          sum.add(bias[column], 1)
          for d in 0..<2 * depth { sum.add(a[d % depth * rows + row], b[column * depth + d % depth]) }
          #expect(sum.admits(c[row * stride + column]))
        }
        #expect(
          c.elements[row * stride + columns..<(row + 1) * stride].map { $0 }.areAllNaN, "written behind the row's end")
      }
    }
  }

  @Test("At no depth the product is zero; without columns nothing is written")
  func emptyExtents() {
    let pool = ThreadPool(threadCount: 1)
    let one = Floats([1])
    let view = MatrixView(one.start, rowStride: 1)
    let c = Floats(count: 6)
    gemm(.strided(view), .strided(view), rows: 2, columns: 0, depth: 1, output: c.start, outputStride: 3, pool: pool)
    #expect(c.elements.areAllNaN)
    gemm(.strided(view), .strided(view), rows: 2, columns: 3, depth: 0, output: c.start, outputStride: 3, pool: pool)
    #expect(c.elements == [0, 0, 0, 0, 0, 0])
  }

  @Test("An element's bits depend on no other row, column or thread", arguments: InstructionSet.available)
  func sameBits(set: InstructionSet) {
    let (allRows, allColumns, depth) = (33, 77, 800)
    let a = Floats(numbers(allRows * depth, seed: 7))
    let b = Floats(numbers(depth * allColumns, seed: 8))
    func product(rows: Range<Int>, columns: Range<Int>, threads: Int, isPacked: Bool) -> [Float] {
      let left = MatrixView(a.start + rows.lowerBound * depth, rowStride: depth)
      let right = MatrixView(b.start + columns.lowerBound, rowStride: allColumns)
      let packed = PackedMatrix(right, rows: depth, columns: columns.count, side: .right, instructionSet: set)
      let c = Floats(count: rows.count * columns.count)
      gemm(
        .strided(left), isPacked ? .packed(packed) : .strided(right), rows: rows.count, columns: columns.count,
        depth: depth, output: c.start, outputStride: columns.count, pool: ThreadPool(threadCount: threads),
        instructionSet: set)
      return c.elements
    }
    let (rows, columns) = (0..<allRows, 0..<allColumns)
    let whole = product(rows: rows, columns: columns, threads: 1, isPacked: false)
    #expect(product(rows: rows, columns: columns, threads: 2, isPacked: false).bits == whole.bits)
    #expect(product(rows: rows, columns: columns, threads: 3, isPacked: true).bits == whole.bits)
    for row in [0, 7, 8, 32] {
      let alone = product(rows: row..<row + 1, columns: columns, threads: 2, isPacked: true)
      #expect(alone.bits == columns.map { whole[row * allColumns + $0] }.bits)
    }
    for column in [0, 15, 16, 48, 76] {
      let alone = product(rows: rows, columns: column..<column + 1, threads: 2, isPacked: false)
      #expect(alone.bits == rows.map { whole[$0 * allColumns + column] }.bits)
    }
  }
}
