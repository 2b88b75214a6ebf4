internal import CKernels

/// A 3×3 convolution of stride 1 by Winograd's F(4×4, 3×3): 36 multiplications where the direct form takes 144, at the
/// price of a larger rounding error (up to 2e-5 of the largest output at 512 input channels, against 2e-6).
///
/// Tiles that the map's last row or column cuts off are of F(n×4, 3×3), F(4×n, 3×3) or F(n×m, 3×3), whose points are
/// some of the same: they take (n + 2) · (m + 2) multiplications with the same transformed filters.
///
/// - Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308.
package struct WinogradConvolution: WinogradMethod {
  package let padTop: Int
  package let padLeft: Int
  package let bounds: ClampBounds
  private let filters: WinogradFilters

  package static let stride = 1

  private static let positions = CKERNELS_WINOGRAD_POSITIONS

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

  package static func products(along extent: Int) -> Int { extent + 2 * extent.dividedRoundingUp(by: tile) }

  package func run(_ parts: [WinogradTileRows], groups: Range<Int>) {
    guard let first = parts.first else { return }
    let order = WinogradTileOrder(parts, layout: first.output.layout)
    let (lanes, kernels) = (filters.instructionSet.lanes, filters.kernels)
    let source = filters.source()
    let inputs = WinogradMatrices(start: 0, blocks: filters.inputBlocks, capacity: order.count, lanes: lanes)
    let outputs = WinogradMatrices(
      start: Self.positions * inputs.stride, blocks: filters.outputBlocks, capacity: order.count, lanes: lanes)
    let count = Self.positions * (inputs.stride + outputs.stride)
    let transformed = scratch(count + source.scratchCount)

    for row in order.rows {
      let input = parts[row.part].input
      var tiles = ckernels_winograd_tiles(row, of: input, x: row.x - padLeft, blocks: filters.inputBlocks)
      tiles.tiles = inputs.places(first: row.firstTile, last: row.lastTile)
      kernels.pointee.winograd_input(&tiles, (input.rows + (row.y - padTop)).c, transformed)
    }

    // All tiles that take part in a row of matrices do so in the first of it.
    filters.forEachMatrix(
      source, groups: groups, scratch: transformed + count,
      hasRow: { !order.tiles(row: $0, column: 0).isEmpty },
      body: { matrix in
        inputs.multiply(
          matrix.row * WinogradFilters.side + matrix.column,
          places: order.tiles(row: matrix.row, column: matrix.column), by: matrix, into: outputs, at: transformed,
          kernels)
      })

    let blocks = filters.blocks(of: groups)
    for row in order.rows {
      let part = parts[row.part]
      var tiles = ckernels_winograd_tiles(row, of: part.output, x: row.x, blocks: filters.outputBlocks)
      tiles.tiles = outputs.places(first: row.firstTile, last: row.lastTile)
      kernels.pointee.winograd_output(
        &tiles, transformed, filters.bias.start, bounds.low, bounds.high, part.residual.map { ($0.rows + row.y).c },
        part.residual?.layout.blockStride ?? 0, (part.output.rows + row.y).cMutable, blocks.lowerBound,
        blocks.upperBound)
    }
  }
}
