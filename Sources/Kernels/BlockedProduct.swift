internal import CKernels

/// A product of matrices, computed in blocks of rows and columns that do not depend on each other.
///
/// Every element of the output is one chain of multiply-adds in ascending depth: which block it falls into, and so how
/// the work is split, changes no bit of it.
struct BlockedProduct: @unchecked Sendable {
  enum Left {
    case packed(UnsafePointer<Float>)
    case strided(MatrixView)
  }

  enum Right {
    case packed(UnsafePointer<Float>)
    case strided(MatrixView)
    case pixels(ckernels_pixels)
  }

  let kernels: UnsafePointer<ckernels_table>
  let left: Left
  let right: Right
  let depth: DepthBlocks

  /// Where a block goes and what it starts from.
  struct Target {
    /// The element at the block's first row and column.
    var output: UnsafeMutablePointer<Float>
    var stride: Int
    var accumulates = false
    /// The bias of the block's first row.
    var rowBias: UnsafePointer<Float>?
    /// The bias of the block's first column.
    var columnBias: UnsafePointer<Float>?
  }

  var tileRows: Int { kernels.pointee.gemm.pointee.tile_rows }
  var tileColumns: Int { kernels.pointee.gemm.pointee.tile_columns }

  /// How many floats of working memory a block of that size takes.
  func scratchCount(rows: Int, columns: Int) -> Int {
    var count = 0
    if case .strided = left { count += rows.roundedUp(to: tileRows) }
    if case .packed = right {} else { count += columns.roundedUp(to: tileColumns) }
    return count * depth.largestDepth
  }

  /// Computes one block. `rows` and `columns` begin at multiples of the tile's extents.
  ///
  /// - Parameter pixelOffset: the pixel that column 0 stands for.
  func run(
    rows: Range<Int>, columns: Range<Int>, pixelOffset: Int = 0, into target: Target,
    scratch: UnsafeMutablePointer<Float>
  ) {
    var product = ckernels_product()
    product.rows = rows.count
    product.columns = columns.count
    product.output = target.output
    product.output_stride = target.stride
    product.accumulates = target.accumulates
    product.row_bias = target.rowBias
    product.column_bias = target.columnBias
    let wholeDepth = depth.channels * depth.taps
    for block in depth.blocks {
      product.depth = block.depth
      var free = scratch
      switch left {
      case .packed(let panels):
        product.left = panels + rows.lowerBound * wholeDepth + block.start * tileRows
        product.left_panel_stride = wholeDepth * tileRows
      case .strided(let view):
        ckernels_pack_panels(
          view.elements + rows.lowerBound * view.rowStride + block.start * view.columnStride, view.rowStride,
          view.columnStride, rows.count, block.depth, tileRows, free, block.depth * tileRows)
        product.left = UnsafePointer(free)
        product.left_panel_stride = block.depth * tileRows
        free += rows.count.roundedUp(to: tileRows) * block.depth
      }
      product.right_stride = tileColumns
      switch right {
      case .packed(let panels):
        product.right = panels + columns.lowerBound * wholeDepth + block.start * tileColumns
        product.right_panel_stride = wholeDepth * tileColumns
      case .strided(let view):
        ckernels_pack_panels(
          view.elements + columns.lowerBound * view.columnStride + block.start * view.rowStride, view.columnStride,
          view.rowStride, columns.count, block.depth, tileColumns, free, block.depth * tileColumns)
        product.right = UnsafePointer(free)
        product.right_panel_stride = block.depth * tileColumns
      case .pixels(let pixels):
        withUnsafePointer(to: pixels) { pixels in
          kernels.pointee.pack_pixels(
            pixels, columns.lowerBound + pixelOffset, columns.count, block.channels.lowerBound,
            block.channels.upperBound, block.taps.lowerBound, block.taps.upperBound, free, block.depth * tileColumns)
        }
        product.right = UnsafePointer(free)
        product.right_panel_stride = block.depth * tileColumns
      }
      kernels.pointee.gemm.pointee.multiply(&product)
      product.accumulates = true
    }
  }
}
