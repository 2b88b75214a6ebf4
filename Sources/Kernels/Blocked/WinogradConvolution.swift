internal import CKernels

/// A 3×3 convolution of stride 1 by Winograd's F(4×4, 3×3): 36 multiplications where the direct form takes 144, at the
/// price of a larger rounding error (up to 2e-5 of the largest output at 512 input channels, against 2e-6).
///
/// Tiles that the map's last row or column cuts off are of F(n×4, 3×3), F(4×n, 3×3) or F(n×m, 3×3), whose points are
/// some of the same: they take (n + 2) · (m + 2) multiplications with the same transformed filters.
///
/// Each output element depends on its own tile and the instruction set alone, whatever tiles run together and whenever
/// the filters are transformed. Transformed filters take four times the memory: for few tiles it is faster to transform
/// them part by part in the cache than to read them from memory, for many it is not.
///
/// - Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308.
package struct WinogradConvolution: @unchecked Sendable {
  package let inputChannels: Int
  package let outputChannels: Int
  /// How far window 0 reaches over the first row and the first pixel of a row.
  package let padTop: Int
  package let padLeft: Int
  package let bounds: ClampBounds
  private let instructionSet: InstructionSet
  /// For each group of outputs [input channel][9][outputs].
  private let filters: FloatStorage
  private let matrices: FilterMatrices
  private let bias: FloatStorage
  private let zeros: FloatStorage
  private let kernels: UnsafePointer<ckernels_blocked>

  /// The rows and columns of a tile's output.
  package static let tile = CKERNELS_WINOGRAD_OUTPUT

  /// The rows and columns of a tile's input.
  package static let inputTile = CKERNELS_WINOGRAD_INPUT

  /// The products for each pair of channels along one side of a map of `extent` outputs.
  package static func products(along extent: Int) -> Int {
    extent + extent.dividedRoundingUp(by: tile) * (inputTile - tile)
  }

  private static let positions = CKERNELS_WINOGRAD_POSITIONS

  /// - Parameters:
  ///   - weights: row-major [outputChannels, inputChannels, 3, 3].
  ///   - factors: what each output channel's weights are multiplied with first; nil leaves them as they are.
  ///   - bias: a value for each output channel.
  package init(
    weights: UnsafePointer<Float>, factors: [Double]? = nil, bias: [Float], inputChannels: Int, padTop: Int,
    padLeft: Int, bounds: ClampBounds, pool: ThreadPool, instructionSet: InstructionSet = .current
  ) {
    self.inputChannels = inputChannels
    outputChannels = bias.count
    self.padTop = padTop
    self.padLeft = padLeft
    self.bounds = bounds
    self.instructionSet = instructionSet
    let kernels = UnsafePointer(instructionSet.kernels.pointee.blocked!)
    self.kernels = kernels
    let (lanes, groupBlocks) = (instructionSet.lanes, instructionSet.groupBlocks)
    self.bias = FloatStorage(padding: bias, to: lanes)
    let outputs = bias.count
    let paddedOutputs = outputs.roundedUp(to: lanes)
    zeros = FloatStorage(zeros: paddedOutputs)
    filters = FloatStorage(count: Self.taps * paddedOutputs * inputChannels)
    matrices = FilterMatrices()
    let bank = FilterBank(filters: weights, outputs: outputs, inputs: inputChannels, taps: Self.taps, factors: factors)
    let target = Shared(filters.start)
    let groupWidth = lanes * groupBlocks
    pool.forEach(outputs.dividedRoundingUp(by: groupWidth)) { group in
      let first = group * groupWidth
      bank.transpose(
        inputs: 0..<inputChannels, firstOutput: first, width: min(groupWidth, paddedOutputs - first),
        into: target.value + first * inputChannels * Self.taps)
    }
  }

  /// Transforms all filters for good, which pays for many tiles. Does nothing the second time.
  package func keepTransformedFilters(pool: ThreadPool) {
    matrices.makeOnce {
      let stride = matrixCount
      let storage = FloatStorage(count: Self.positions * stride)
      let target = Shared(storage.start)
      pool.forEach(groupCount) { group in
        for row in 0..<Self.inputTile {
          transform(
            group: group, row: row,
            into: target.value + row * Self.inputTile * stride + group * groupWidth * inputChannels, stride: stride)
        }
      }
      return storage
    }
  }

  /// Makes a row of six matrices, `stride` floats apart, for a group of outputs.
  private func transform(group: Int, row: Int, into target: UnsafeMutablePointer<Float>, stride: Int) {
    kernels.pointee.winograd_weights(
      filters.start + group * groupWidth * inputChannels * Self.taps, inputChannels,
      width(of: group) / instructionSet.lanes, Int32(row), target, stride)
  }

  /// The floats of a matrix.
  private var matrixCount: Int { outputChannels.roundedUp(to: instructionSet.lanes) * inputChannels }

  private var groupWidth: Int { instructionSet.lanes * instructionSet.groupBlocks }

  /// The outputs of a group, up to whole vectors.
  private func width(of group: Int) -> Int {
    min(groupWidth, outputChannels.roundedUp(to: instructionSet.lanes) - group * groupWidth)
  }

  /// Independent parts of the output channels.
  package var groupCount: Int { outputChannels.dividedRoundingUp(by: groupWidth) }

  /// Some rows of tiles of one image.
  package struct TileRows {
    package let input: FeatureMap
    package let residual: FeatureMap?
    package let output: FeatureMap
    package let tileRows: Range<Int>
    /// The tiles of each row to compute; nil for all.
    package let tileColumns: Range<Int>?

    package init(
      input: FeatureMap, residual: FeatureMap?, output: FeatureMap, tileRows: Range<Int>,
      tileColumns: Range<Int>? = nil
    ) {
      self.tileColumns = tileColumns
      self.input = input
      self.residual = residual
      self.output = output
      self.tileRows = tileRows
    }
  }

  /// Computes rows of tiles of one or several images of one layout together, so that they share a pass over the
  /// weights.
  package func run(_ parts: [TileRows], groups: Range<Int>) {
    guard let first = parts.first else { return }
    let order = WinogradTileOrder(parts, layout: first.output.layout)
    let lanes = instructionSet.lanes
    let inputBlocks = inputChannels.dividedRoundingUp(by: lanes)
    let outputBlocks = outputChannels.dividedRoundingUp(by: lanes)
    // Some floats between matrices, so that the same place of all of them does not fall into one set of a cache.
    let inputStride = inputBlocks * order.count * lanes + Self.skew
    let outputStride = outputBlocks * order.count * lanes + Self.skew
    let kept = matrices.storage
    let transformedCount = Self.positions * (inputStride + outputStride)
    let partCount = kept == nil ? Self.inputTile * groupWidth * inputChannels : 0
    let transformed = scratch(transformedCount + partCount)
    let products = transformed + Self.positions * inputStride

    for row in order.rows {
      let input = parts[row.part].input
      var tiles = ckernels_winograd_tiles(
        row, blocks: inputBlocks, capacity: order.count, positionStride: inputStride, map: input, inset: -padLeft)
      kernels.pointee.winograd_input(&tiles, (input.rows + (row.y - padTop)).c, transformed)
    }

    let product = TileProduct(
      input: transformed, inputStride: inputStride, output: products, outputStride: outputStride, order: order)
    if let kept {
      multiply(product, by: kept, groups: groups)
    } else {
      multiply(product, groups: groups, transformingIn: transformed + transformedCount)
    }

    let firstBlock = groups.lowerBound * instructionSet.groupBlocks
    let endBlock = min(groups.upperBound * instructionSet.groupBlocks, outputBlocks)
    for row in order.rows {
      let part = parts[row.part]
      var tiles = ckernels_winograd_tiles(
        row, blocks: outputBlocks, capacity: order.count, positionStride: outputStride, map: part.output)
      kernels.pointee.winograd_output(
        &tiles, products, bias.start, bounds.low, bounds.high, part.residual.map { ($0.rows + row.y).c },
        part.residual?.layout.blockStride ?? 0, (part.output.rows + row.y).cMutable, firstBlock, endBlock)
    }
  }

  /// 36 matrices of tiles, and those of what they are multiplied to.
  private struct TileProduct {
    let input: UnsafeMutablePointer<Float>
    let inputStride: Int
    let output: UnsafeMutablePointer<Float>
    let outputStride: Int
    let order: WinogradTileOrder
  }

  /// Multiplies tiles by filters that are transformed already.
  private func multiply(_ product: TileProduct, by matrices: FloatStorage, groups: Range<Int>) {
    var c = parameters(product, outputBlocks: outputChannels.dividedRoundingUp(by: instructionSet.lanes))
    c.streams_weights = matrices.streams
    for row in 0..<Self.inputTile {
      for column in 0..<Self.inputTile {
        let weights = matrices.start + (row * Self.inputTile + column) * matrixCount
        multiply(product, &c, row: row, column: column, by: weights, firstBlock: 0, groups)
      }
    }
  }

  /// Transforms the filters of one group after the other, a row of matrices at a time, and multiplies tiles by them.
  private func multiply(_ product: TileProduct, groups: Range<Int>, transformingIn part: UnsafeMutablePointer<Float>) {
    for group in groups {
      let width = width(of: group)
      let stride = width * inputChannels
      var c = parameters(product, outputBlocks: width / instructionSet.lanes)
      // All tiles that take part in a row of matrices do so in the first of it.
      for row in 0..<Self.inputTile where !product.order.tiles(row: row, column: 0).isEmpty {
        transform(group: group, row: row, into: part, stride: stride)
        for column in 0..<Self.inputTile {
          multiply(
            product, &c, row: row, column: column, by: part + column * stride,
            firstBlock: group * instructionSet.groupBlocks, 0..<1)
        }
      }
    }
  }

  private func multiply(
    _ product: TileProduct, _ c: inout ckernels_blocked_convolution, row: Int, column: Int,
    by weights: UnsafeMutablePointer<Float>, firstBlock: Int, _ groups: Range<Int>
  ) {
    let tiles = product.order.tiles(row: row, column: column)
    guard !tiles.isEmpty else { return }
    let position = row * Self.inputTile + column
    let place = tiles.lowerBound * instructionSet.lanes
    c.output_width = tiles.count
    c.weights = UnsafePointer(weights)
    var input: UnsafePointer<Float>? = UnsafePointer(product.input + position * product.inputStride + place)
    var output: UnsafeMutablePointer<Float>? =
      product.output + position * product.outputStride + firstBlock * c.output_block_stride + place
    kernels.pointee.convolve(&c, &input, nil, &output, 1, groups.lowerBound, groups.upperBound)
  }

  /// What a product by one matrix has in common with the others.
  private func parameters(_ product: TileProduct, outputBlocks: Int) -> ckernels_blocked_convolution {
    let lanes = instructionSet.lanes
    var c = ckernels_blocked_convolution()
    c.input_blocks = inputChannels.dividedRoundingUp(by: lanes)
    c.output_blocks = outputBlocks
    c.input_block_stride = product.order.count * lanes
    c.output_block_stride = product.order.count * lanes
    c.block_channels = lanes
    c.last_channels = inputChannels - (c.input_blocks - 1) * lanes
    c.pixel_stride = lanes
    c.output_pixel_stride = lanes
    c.kernel_height = 1
    c.kernel_width = 1
    c.bias = UnsafePointer(zeros.start)
    c.low = -.infinity
    c.high = .infinity
    return c
  }

  private static let skew = 80
  private static let taps = 9
}
