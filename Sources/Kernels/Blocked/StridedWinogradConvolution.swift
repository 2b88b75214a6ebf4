internal import CKernels

/// A 3×3 convolution of stride 2 by Winograd's method: 81 multiplications for 16 outputs where the direct form takes 144,
/// at the price of a larger rounding error (up to 1e-5 of the largest output at 512 input channels, against 2e-6).
///
/// A window's outer rows and its middle row see rows of the input that alternate, and so with columns. Its outer taps are
/// a convolution of stride 1 with two taps along each axis, by F(4, 2) with the points 0, 1, −1, 2 and ∞; its middle taps
/// take pixels as they are. That gives four products for each tile, of outer and outer, outer and middle, middle and
/// outer, and middle and middle taps: 5 · 5 + 5 · 4 + 4 · 5 + 4 · 4 multiplications. Tiles that the map's last row or
/// column cuts off use some of the same points: (2n + 1) · (2m + 1) multiplications for n × m outputs.
///
/// - Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308.
package struct StridedWinogradConvolution: WinogradMethod {
  package let padTop: Int
  package let padLeft: Int
  package let bounds: ClampBounds
  private let filters: WinogradFilters

  package static let stride = 2

  /// The points of the outer taps, and the place of the middle tap behind them.
  private static let points = WinogradFilters.side - 1

  /// - Parameters:
  ///   - weights: row-major [outputChannels, inputChannels, 3, 3].
  ///   - factors: what each output channel's weights are multiplied with first; nil leaves them as they are.
  ///   - bias: a value for each output channel.
  package init(
    weights: UnsafePointer<Float>, factors: [Double]? = nil, bias: [Float], inputChannels: Int, padTop: Int,
    padLeft: Int, bounds: ClampBounds, pool: ThreadPool, instructionSet: InstructionSet = .current
  ) {
    self.padTop = padTop
    self.padLeft = padLeft
    self.bounds = bounds
    filters = WinogradFilters(
      weights: weights, factors: factors, bias: bias, inputChannels: inputChannels, stride: Self.stride, pool: pool,
      instructionSet: instructionSet)
  }

  package var inputChannels: Int { filters.inputChannels }
  package var outputChannels: Int { filters.outputChannels }
  package var groupCount: Int { filters.groupCount }

  package func keepTransformedFilters(pool: ThreadPool) { filters.keepMatrices(pool: pool) }

  package static func products(along extent: Int) -> Int { 2 * extent + extent.dividedRoundingUp(by: tile) }

  package func run(_ parts: [WinogradTileRows], groups: Range<Int>) {
    guard let first = parts.first else { return }
    let order = WinogradTileOrder(parts, layout: first.output.layout)
    let (kernels, source) = (filters.kernels, filters.source())
    let inputs = Matrices(start: 0, blocks: filters.inputBlocks, order: order, lanes: filters.instructionSet.lanes)
    let outputs = Matrices(
      start: inputs.end, blocks: filters.outputBlocks, order: order, lanes: filters.instructionSet.lanes)
    let transformed = scratch(outputs.end + source.scratchCount)

    for row in order.rows {
      let input = parts[row.part].input
      var tiles = ckernels_winograd_tiles(
        row, of: input, x: Self.stride * row.x - padLeft, blocks: filters.inputBlocks)
      inputs.place(row, in: &tiles)
      kernels.pointee.winograd_strided_input(&tiles, (input.rows + (Self.stride * row.y - padTop)).c, transformed)
    }

    filters.forEachMatrix(
      source, groups: groups, scratch: transformed + outputs.end, hasRow: { !order.pixels(row: $0).isEmpty },
      body: { matrix in
        let (row, column) = (matrix.row, matrix.column)
        switch (row == Self.points, column == Self.points) {
        case (false, false):
          inputs.tiles.multiply(
            row * Self.points + column, places: order.tiles(row: row, column: column), by: matrix,
            into: outputs.tiles, at: transformed, kernels)
        case (false, true):
          inputs.pixels.multiply(
            row, places: order.pixels(row: row), by: matrix, into: outputs.pixels, at: transformed, kernels)
        case (true, false):
          inputs.lines.multiply(
            column, places: order.lines(column: column), by: matrix, into: outputs.lines, at: transformed, kernels)
        case (true, true):
          for part in parts { multiplyMiddle(part, by: matrix) }
        }
      })

    let blocks = filters.blocks(of: groups)
    for row in order.rows {
      let part = parts[row.part]
      var tiles = ckernels_winograd_tiles(row, of: part.output, x: row.x, blocks: filters.outputBlocks)
      outputs.place(row, in: &tiles)
      kernels.pointee.winograd_strided_output(
        &tiles, transformed, bounds.low, bounds.high, part.residual.map { ($0.rows + row.y).c },
        part.residual?.layout.blockStride ?? 0, (part.output.rows + row.y).cMutable, blocks.lowerBound,
        blocks.upperBound)
    }
  }

  /// Makes the output the bias and the products of the windows' centres.
  private func multiplyMiddle(_ part: WinogradTileRows, by matrix: WinogradFilters.Matrix) {
    let layout = part.output.layout
    let tiles = part.tileColumns ?? 0..<layout.width.dividedRoundingUp(by: Self.tile)
    guard !part.tileRows.isEmpty, !tiles.isEmpty else { return }
    let lanes = filters.instructionSet.lanes
    let rows = part.tileRows.lowerBound * Self.tile..<min(part.tileRows.upperBound * Self.tile, layout.height)
    var c = matrix.product
    c.bias = UnsafePointer(filters.bias.start + matrix.firstBlock * lanes)
    c.input_offset = (1 - padLeft) * lanes
    c.input_block_stride = part.input.layout.blockStride
    c.pixel_stride = Self.stride * lanes
    c.row_stride = Self.stride
    c.first_column = tiles.lowerBound * Self.tile
    c.output_width = min(tiles.upperBound * Self.tile, layout.width) - c.first_column
    c.output_block_stride = layout.blockStride
    c.output_offset = matrix.firstBlock * layout.blockStride
    filters.kernels.pointee.convolve(
      &c, (part.input.rows + (Self.stride * rows.lowerBound + 1 - padTop)).c, nil,
      (part.output.rows + rows.lowerBound).cMutable, rows.count, matrix.groups.lowerBound, matrix.groups.upperBound)
  }

  /// The matrices of one side of the products, one kind behind the other.
  private struct Matrices {
    let tiles: WinogradMatrices
    let pixels: WinogradMatrices
    let lines: WinogradMatrices

    init(start: Int, blocks: Int, order: WinogradTileOrder, lanes: Int) {
      tiles = WinogradMatrices(start: start, blocks: blocks, capacity: order.count, lanes: lanes)
      pixels = WinogradMatrices(
        start: start + points * points * tiles.stride, blocks: blocks, capacity: order.pixelCount, lanes: lanes)
      lines = WinogradMatrices(
        start: pixels.start + points * pixels.stride, blocks: blocks, capacity: order.lineCount, lanes: lanes)
    }

    var end: Int { lines.start + points * lines.stride }

    func place(_ row: WinogradTileOrder.Row, in tiles: inout ckernels_winograd_tiles) {
      tiles.tiles = self.tiles.places(first: row.firstTile, last: row.lastTile)
      tiles.pixels = pixels.places(first: row.firstPixel, last: 0)
      tiles.lines = lines.places(first: row.firstLine, last: row.lastLine)
    }
  }
}
