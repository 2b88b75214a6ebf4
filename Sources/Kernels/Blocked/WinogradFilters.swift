internal import CKernels

/// The filters of a 3×3 convolution and the 6 × 6 matrices that they are transformed into.
struct WinogradFilters: @unchecked Sendable {
  let inputChannels: Int
  let outputChannels: Int
  let instructionSet: InstructionSet
  let kernels: UnsafePointer<ckernels_blocked>
  let bias: FloatStorage

  /// As many as there are outputs.
  private let zeros: FloatStorage
  private let stride: Int
  /// Filters are for each group of outputs [input channel][9][outputs].
  private let content: FilterMatrices

  /// The rows and columns of matrices.
  static let side = CKERNELS_WINOGRAD_INPUT

  private static let taps = 9

  /// Transformed filters, in floats, that take little memory and stay in a shared cache: they are kept from the start.
  private static let smallCount = 1 << 20

  /// - Parameters:
  ///   - weights: row-major [outputs, inputs, 3, 3].
  ///   - factors: what each output channel's weights are multiplied with first; nil leaves them as they are.
  ///   - bias: a value for each output channel.
  ///   - stride: 1 or 2.
  init(
    weights: UnsafePointer<Float>, factors: [Double]?, bias: [Float], inputChannels: Int, stride: Int,
    pool: ThreadPool, instructionSet: InstructionSet
  ) {
    self.inputChannels = inputChannels
    self.stride = stride
    self.instructionSet = instructionSet
    outputChannels = bias.count
    kernels = UnsafePointer(instructionSet.kernels.pointee.blocked!)
    let (lanes, groupBlocks) = (instructionSet.lanes, instructionSet.groupBlocks)
    self.bias = FloatStorage(padding: bias, to: lanes)
    let outputs = bias.count
    let paddedOutputs = outputs.roundedUp(to: lanes)
    zeros = FloatStorage(zeros: paddedOutputs)
    let filters = FloatStorage(count: Self.taps * paddedOutputs * inputChannels)
    content = FilterMatrices(filters)
    let bank = FilterBank(filters: weights, outputs: outputs, inputs: inputChannels, taps: Self.taps, factors: factors)
    let target = Shared(filters.start)
    let groupWidth = lanes * groupBlocks
    pool.forEach(outputs.dividedRoundingUp(by: groupWidth)) { group in
      let first = group * groupWidth
      bank.transpose(
        inputs: 0..<inputChannels, firstOutput: first, width: min(groupWidth, paddedOutputs - first),
        into: target.value + first * inputChannels * Self.taps)
    }
    if Self.side * Self.side * matrixCount <= Self.smallCount { keepMatrices(pool: pool) }
  }

  var inputBlocks: Int { inputChannels.dividedRoundingUp(by: instructionSet.lanes) }
  var outputBlocks: Int { outputChannels.dividedRoundingUp(by: instructionSet.lanes) }

  /// Independent parts of the output channels.
  var groupCount: Int { outputChannels.dividedRoundingUp(by: groupWidth) }

  /// The blocks of some groups' outputs.
  func blocks(of groups: Range<Int>) -> Range<Int> {
    let size = instructionSet.groupBlocks
    return groups.lowerBound * size..<min(groups.upperBound * size, outputBlocks)
  }

  private var groupWidth: Int { instructionSet.lanes * instructionSet.groupBlocks }

  /// The outputs of a group, up to whole vectors.
  private func width(of group: Int) -> Int {
    min(groupWidth, outputChannels.roundedUp(to: instructionSet.lanes) - group * groupWidth)
  }

  /// The floats of a matrix.
  private var matrixCount: Int { outputChannels.roundedUp(to: instructionSet.lanes) * inputChannels }

  /// Transforms all filters for good, and gives up what they were made from. Does nothing the second time.
  func keepMatrices(pool: ThreadPool) {
    content.makeOnce { filters in
      let storage = FloatStorage(count: Self.side * Self.side * matrixCount)
      let target = Shared(storage.start)
      pool.forEach(groupCount) { group in
        for row in 0..<Self.side {
          transform(
            filters, group: group, row: row,
            into: target.value + row * Self.side * matrixCount + group * groupWidth * inputChannels,
            stride: matrixCount)
        }
      }
      return storage
    }
  }

  /// Makes a row of six matrices, `stride` floats apart, for a group of outputs.
  private func transform(
    _ filters: FloatStorage, group: Int, row: Int, into target: UnsafeMutablePointer<Float>, stride distance: Int
  ) {
    kernels.pointee.winograd_weights(
      filters.start + group * groupWidth * inputChannels * Self.taps, inputChannels,
      width(of: group) / instructionSet.lanes, Int32(stride), Int32(row), target, distance)
  }

  /// A matrix, or its columns of one group.
  struct Matrix {
    let row: Int
    let column: Int
    /// A product by the matrix from which the input's and the output's places are still missing.
    let product: ckernels_blocked_convolution
    /// The output's block that the matrix begins with, and the groups from there on to compute.
    let firstBlock: Int
    let groups: Range<Int>
  }

  /// Where matrices come from while they are used.
  struct Source {
    fileprivate let content: FilterMatrices.Content

    /// The floats that are needed to work in.
    let scratchCount: Int
  }

  func source() -> Source {
    let content = content.content
    guard case .filters = content else { return Source(content: content, scratchCount: 0) }
    return Source(content: content, scratchCount: Self.side * groupWidth * inputChannels)
  }

  /// Hands out the matrices for some groups, row by row. Those that are not kept are made for one group after the other,
  /// a row at a time.
  ///
  /// - Parameters:
  ///   - scratch: room for what the source says.
  ///   - hasRow: whether a row is needed.
  func forEachMatrix(
    _ source: Source, groups: Range<Int>, scratch: UnsafeMutablePointer<Float>, hasRow: (Int) -> Bool,
    body: (Matrix) -> Void
  ) {
    switch source.content {
    case .matrices(let kept): forEachMatrix(kept, groups: groups, hasRow: hasRow, body: body)
    case .filters(let filters):
      forEachMatrix(of: filters, groups: groups, scratch: scratch, hasRow: hasRow, body: body)
    }
  }

  private func forEachMatrix(
    _ kept: FloatStorage, groups: Range<Int>, hasRow: (Int) -> Bool, body: (Matrix) -> Void
  ) {
    var product = product(outputBlocks: outputBlocks)
    product.streams_weights = kept.streams
    for row in 0..<Self.side where hasRow(row) {
      for column in 0..<Self.side {
        product.weights = UnsafePointer(kept.start + (row * Self.side + column) * matrixCount)
        body(Matrix(row: row, column: column, product: product, firstBlock: 0, groups: groups))
      }
    }
  }

  private func forEachMatrix(
    of filters: FloatStorage, groups: Range<Int>, scratch: UnsafeMutablePointer<Float>, hasRow: (Int) -> Bool,
    body: (Matrix) -> Void
  ) {
    for group in groups {
      let width = width(of: group)
      let stride = width * inputChannels
      var product = product(outputBlocks: width / instructionSet.lanes)
      for row in 0..<Self.side where hasRow(row) {
        transform(filters, group: group, row: row, into: scratch, stride: stride)
        for column in 0..<Self.side {
          product.weights = UnsafePointer(scratch + column * stride)
          body(
            Matrix(
              row: row, column: column, product: product, firstBlock: group * instructionSet.groupBlocks,
              groups: 0..<1))
        }
      }
    }
  }

  /// What a product by one matrix has in common with the others.
  private func product(outputBlocks: Int) -> ckernels_blocked_convolution {
    let lanes = instructionSet.lanes
    var c = ckernels_blocked_convolution()
    c.input_blocks = inputBlocks
    c.output_blocks = outputBlocks
    c.block_channels = lanes
    c.last_channels = inputChannels - (inputBlocks - 1) * lanes
    c.pixel_stride = lanes
    c.output_pixel_stride = lanes
    c.kernel_height = 1
    c.kernel_width = 1
    c.bias = UnsafePointer(zeros.start)
    c.low = -.infinity
    c.high = .infinity
    return c
  }
}

/// Transformed pixels: matrices of [block][place][lanes].
struct WinogradMatrices {
  /// Where the first matrix begins.
  let start: Int
  let blocks: Int
  /// The places of a block.
  let capacity: Int
  let lanes: Int

  /// The floats from one matrix to the next: some more than it has, so that the same place of all of them does not fall
  /// into one set of a cache.
  var stride: Int { blocks * capacity * lanes + 80 }

  func places(first: Int, last: Int) -> ckernels_winograd_places {
    ckernels_winograd_places(start: start, position_stride: stride, capacity: capacity, first: first, last: last)
  }

  /// Multiplies some places of a matrix into those of another one.
  func multiply(
    _ position: Int, places: Range<Int>, by matrix: WinogradFilters.Matrix, into result: WinogradMatrices,
    at base: UnsafeMutablePointer<Float>, _ kernels: UnsafePointer<ckernels_blocked>
  ) {
    guard !places.isEmpty else { return }
    var c = matrix.product
    c.input_block_stride = capacity * lanes
    c.output_block_stride = capacity * lanes
    c.output_width = places.count
    let place = places.lowerBound * lanes
    var input: UnsafePointer<Float>? = UnsafePointer(base + start + position * stride + place)
    var output: UnsafeMutablePointer<Float>? =
      base + result.start + position * result.stride + matrix.firstBlock * c.output_block_stride + place
    kernels.pointee.convolve(&c, &input, nil, &output, 1, matrix.groups.lowerBound, matrix.groups.upperBound)
  }
}
