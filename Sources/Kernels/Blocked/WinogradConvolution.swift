internal import CKernels

/// A 3×3 convolution of stride 1 by Winograd's F(4×4, 3×3): 36 multiplications where the direct form takes 144, at the
/// price of a larger rounding error (up to 2e-5 of the largest output at 512 input channels, against 2e-6).
///
/// Each output element depends on its own tile and the instruction set alone, whatever tiles run together.
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
  private let weights: FloatStorage
  private let bias: FloatStorage
  private let zeros: FloatStorage
  private let kernels: UnsafePointer<ckernels_blocked>

  /// The rows and columns of a tile's output.
  package static let tile = CKERNELS_WINOGRAD_OUTPUT

  /// The rows and columns of a tile's input.
  package static let inputTile = CKERNELS_WINOGRAD_INPUT

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
    self.weights = FloatStorage(count: Self.positions * paddedOutputs * inputChannels)
    let filters = FilterBank(filters: weights, outputs: outputs, inputs: inputChannels, taps: 9, factors: factors)
    let shared = Shared((target: self.weights.start, kernels: kernels))
    let groupWidth = lanes * groupBlocks
    pool.forEach(outputs.dividedRoundingUp(by: groupWidth)) { group in
      let first = group * groupWidth
      let width = min(groupWidth, paddedOutputs - first)
      let transposed = scratch(lanes * 9 * width)
      // Few channels at a time, so that their taps stay in the first cache.
      for firstInput in stride(from: 0, to: inputChannels, by: lanes) {
        let inputs = firstInput..<min(firstInput + lanes, inputChannels)
        filters.transpose(inputs: inputs, firstOutput: first, width: width, into: transposed)
        shared.value.kernels.pointee.winograd_weights(
          transposed, inputs.count, width / lanes,
          shared.value.target + first * inputChannels + firstInput * width, paddedOutputs * inputChannels)
      }
    }
  }

  /// Independent parts of the output channels.
  package var groupCount: Int {
    outputChannels.dividedRoundingUp(by: instructionSet.lanes * instructionSet.groupBlocks)
  }

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
    let lanes = instructionSet.lanes
    let tilesPerRow = first.output.layout.width.dividedRoundingUp(by: Self.tile)
    let tileCount = parts.reduce(0) { $0 + $1.tileRows.count * ($1.tileColumns?.count ?? tilesPerRow) }
    let inputBlocks = inputChannels.dividedRoundingUp(by: lanes)
    let outputBlocks = outputChannels.dividedRoundingUp(by: lanes)
    // Some floats between matrices, so that the same place of all of them does not fall into one set of a cache.
    let inputStride = inputBlocks * tileCount * lanes + Self.skew
    let outputStride = outputBlocks * tileCount * lanes + Self.skew
    let transformed = scratch(Self.positions * (inputStride + outputStride))
    let products = transformed + Self.positions * inputStride

    var tiles = ckernels_winograd_tiles()
    tiles.tile_capacity = tileCount
    tiles.blocks = inputBlocks
    tiles.position_stride = inputStride
    var tile = 0
    for part in parts {
      let columns = part.tileColumns ?? 0..<tilesPerRow
      tiles.tiles = columns.count
      tiles.block_stride = part.input.layout.blockStride
      tiles.input_offset = (columns.lowerBound * Self.tile - padLeft) * lanes
      for row in part.tileRows {
        kernels.pointee.winograd_input(&tiles, (part.input.rows + (row * Self.tile - padTop)).c, tile, transformed)
        tile += columns.count
      }
    }

    multiply(transformed, inputStride, products, outputStride, tiles: tileCount, groups: groups)

    tiles.blocks = outputBlocks
    tiles.position_stride = outputStride
    let firstBlock = groups.lowerBound * instructionSet.groupBlocks
    let endBlock = min(groups.upperBound * instructionSet.groupBlocks, outputBlocks)
    tile = 0
    for part in parts {
      let columns = part.tileColumns ?? 0..<tilesPerRow
      let place = columns.lowerBound * Self.tile
      tiles.tiles = columns.count
      tiles.block_stride = part.output.layout.blockStride
      tiles.output_offset = place * lanes
      for row in part.tileRows {
        let y = row * Self.tile
        kernels.pointee.winograd_output(
          &tiles, products, tile, bias.start, bounds.low, bounds.high, part.residual.map { ($0.rows + y).c },
          part.residual?.layout.blockStride ?? 0, (part.output.rows + y).cMutable, part.output.layout.height - y,
          part.output.layout.width - place, firstBlock, endBlock)
        tile += columns.count
      }
    }
  }

  /// The products of the 36 matrices.
  private func multiply(
    _ transformed: UnsafeMutablePointer<Float>, _ inputStride: Int, _ products: UnsafeMutablePointer<Float>,
    _ outputStride: Int, tiles: Int, groups: Range<Int>
  ) {
    let lanes = instructionSet.lanes
    var c = ckernels_blocked_convolution()
    c.input_blocks = inputChannels.dividedRoundingUp(by: lanes)
    c.output_blocks = outputChannels.dividedRoundingUp(by: lanes)
    c.input_block_stride = tiles * lanes
    c.output_block_stride = tiles * lanes
    c.block_channels = lanes
    c.last_channels = inputChannels - (c.input_blocks - 1) * lanes
    c.pixel_stride = lanes
    c.output_pixel_stride = lanes
    c.kernel_height = 1
    c.kernel_width = 1
    c.output_width = tiles
    c.bias = UnsafePointer(zeros.start)
    c.low = -.infinity
    c.high = .infinity
    let weightStride = c.output_blocks * lanes * inputChannels
    for position in 0..<Self.positions {
      c.weights = UnsafePointer(weights.start + position * weightStride)
      var input: UnsafePointer<Float>? = UnsafePointer(transformed + position * inputStride)
      var output: UnsafeMutablePointer<Float>? = products + position * outputStride
      kernels.pointee.convolve(&c, &input, nil, &output, 1, groups.lowerBound, groups.upperBound)
    }
  }

  private static let skew = 80
}
