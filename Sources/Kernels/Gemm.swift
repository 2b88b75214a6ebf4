internal import CKernels

/// An operand of a matrix product.
public enum MatrixOperand {
  /// Packed before; on the side where it stands now.
  case packed(PackedMatrix)
  /// Read from memory, and packed block by block.
  case strided(MatrixView)
}

/// What the sums of a matrix product start from.
public enum MatrixProductStart {
  case zero
  /// A value for each row.
  case rowBias(UnsafePointer<Float>)
  /// A value for each column.
  case columnBias(UnsafePointer<Float>)
  /// The output's content.
  case output
}

/// C = start + A · B, for A of `rows` × `depth`, B of `depth` × `columns` and a row-major C.
///
/// Each element of C is one chain of multiply-adds in ascending depth: its bits depend on nothing but its row of A, its
/// column of B, its start and the instruction set. An extent of 0 is allowed; at a depth of 0 C is its start.
///
/// - Parameters:
///   - output: C; must not overlap the operands.
///   - outputStride: from one row of C to the next, ≥ `columns`.
///   - instructionSet: of operands that are not packed; a packed operand brings its own.
/// - Precondition: packed operands have these extents, stand on their side and are of one instruction set.
public func gemm(
  _ left: MatrixOperand, _ right: MatrixOperand, rows: Int, columns: Int, depth: Int,
  output: UnsafeMutablePointer<Float>, outputStride: Int, start: MatrixProductStart = .zero, pool: ThreadPool,
  instructionSet: InstructionSet = .current
) {
  guard rows > 0, columns > 0 else { return }
  var sets: Set<InstructionSet> = []
  let leftSource: BlockedProduct.Left
  switch left {
  case .packed(let matrix):
    precondition(matrix.side == .left && matrix.rows == rows && matrix.columns == depth)
    sets.insert(matrix.instructionSet)
    leftSource = .packed(matrix.storage.start)
  case .strided(let view): leftSource = .strided(view)
  }
  let rightSource: BlockedProduct.Right
  var columnLimit = BlockLimits.columns
  switch right {
  case .packed(let matrix):
    precondition(matrix.side == .right && matrix.rows == depth && matrix.columns == columns)
    sets.insert(matrix.instructionSet)
    rightSource = .packed(matrix.storage.start)
    // Many rows of A are packed for each block: it takes as many columns as that pays for. Few are soon packed.
    columnLimit = rows > BlockLimits.fewRows ? BlockLimits.packedColumns : columnLimit / 4
  case .strided(let view): rightSource = .strided(view)
  }
  precondition(sets.count <= 1, "the operands are packed for different instruction sets")

  let product = BlockedProduct(
    kernels: (sets.first ?? instructionSet).kernels, left: leftSource, right: rightSource,
    depth: DepthBlocks(channels: depth))
  let grid = BlockGrid(
    rows: rows, columns: columns, tileRows: product.tileRows, tileColumns: product.tileColumns,
    rowLimit: BlockLimits.rows, columnLimit: columnLimit, wantedBlocks: BlockLimits.wanted)
  let scratchCount = product.scratchCount(rows: grid.largestBlock.rows, columns: grid.largestBlock.columns)
  let target = OutputMatrix(output: output, stride: outputStride, start: start)
  pool.forEach(grid.count) { index in
    let (rows, columns) = grid[index]
    product.run(rows: rows, columns: columns, into: target.block(rows, columns), scratch: scratch(scratchCount))
  }
}

/// How large blocks are at most, in rows and columns, and how many to make at least.
enum BlockLimits {
  static let rows = 256
  static let columns = 384
  static let packedColumns = 768
  static let fewRows = 64
  static let wanted = 4
}

private struct OutputMatrix: @unchecked Sendable {
  let output: UnsafeMutablePointer<Float>
  let stride: Int
  let start: MatrixProductStart

  func block(_ rows: Range<Int>, _ columns: Range<Int>) -> BlockedProduct.Target {
    var target = BlockedProduct.Target(
      output: output + rows.lowerBound * stride + columns.lowerBound, stride: stride)
    switch start {
    case .zero: break
    case .rowBias(let bias): target.rowBias = bias + rows.lowerBound
    case .columnBias(let bias): target.columnBias = bias + columns.lowerBound
    case .output: target.accumulates = true
    }
    return target
  }
}
