internal import CKernels

/// A convolution as products of matrices: a row for each output channel, a column for each output pixel.
///
/// Where an image has so few pixels that its last tile would be mostly empty, the pixels of all images are columns of
/// one matrix; else each image has its own.
struct MatrixConvolution {
  private let geometry: Convolution2D
  private let tensors: ConvolutionTensors
  private let kernels: UnsafePointer<ckernels_table>
  private let products: [BlockedProduct]
  private let joinsImages: Bool

  init(
    _ geometry: Convolution2D, _ tensors: ConvolutionTensors, _ matrices: [PackedMatrix],
    _ instructionSet: InstructionSet
  ) {
    self.geometry = geometry
    self.tensors = tensors
    kernels = instructionSet.kernels
    let depth = DepthBlocks(channels: geometry.inputChannelsPerGroup, taps: geometry.window.kernel.count)
    let kernels = kernels
    products = matrices.indices.map { group in
      let plane = geometry.window.input.count
      let input = tensors.input + group * geometry.inputChannelsPerGroup * plane
      let pixels = ckernels_pixels(
        window: geometry.window.flattened.c, input: input, channel_stride: plane,
        image_stride: geometry.inputChannels * plane)
      return BlockedProduct(
        kernels: kernels, left: .packed(matrices[group].storage.start), right: .pixels(pixels), depth: depth)
    }
    let tile = kernels.pointee.gemm.pointee.tile_columns
    let pixels = geometry.window.output.count
    joinsImages = geometry.batch > 1 && pixels % tile != 0 && (pixels.roundedUp(to: tile) - pixels) * 8 > pixels
  }

  func run(_ pool: ThreadPool) {
    guard geometry.batch > 0 else { return }
    let pixels = geometry.window.output.count
    let matricesPerGroup = joinsImages ? 1 : geometry.batch
    let grid = BlockGrid(
      rows: geometry.outputChannelsPerGroup, columns: joinsImages ? geometry.batch * pixels : pixels,
      tileRows: products[0].tileRows, tileColumns: products[0].tileColumns,
      rowLimit: joinsImages ? BlockLimits.rows : .max, columnLimit: BlockLimits.columns,
      wantedBlocks: BlockLimits.wanted.dividedRoundingUp(by: matricesPerGroup * geometry.groups))
    let (rows, columns) = grid.largestBlock
    let packedCount = products[0].scratchCount(rows: rows, columns: columns)
    let joinedCount = joinsImages ? rows * columns : 0
    let convolution = Shared(self)
    pool.forEach(matricesPerGroup * geometry.groups * grid.count) { index in
      let convolution = convolution.value
      let memory = scratch(packedCount + joinedCount)
      let (rows, columns) = grid[index % grid.count]
      let group = index / grid.count % convolution.geometry.groups
      let image = index / grid.count / convolution.geometry.groups
      if convolution.joinsImages {
        convolution.runJoined(group, rows, columns, memory, memory + packedCount)
      } else {
        convolution.run(group, image, rows, columns, memory)
      }
    }
  }

  /// One block of one image.
  private func run(
    _ group: Int, _ image: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ memory: UnsafeMutablePointer<Float>
  ) {
    let channel = group * geometry.outputChannelsPerGroup + rows.lowerBound
    let pixels = geometry.window.output.count
    let target = BlockedProduct.Target(
      output: tensors.output + (image * geometry.outputChannels + channel) * pixels + columns.lowerBound,
      stride: pixels, rowBias: tensors.bias.map { $0 + channel })
    products[group].run(
      rows: rows, columns: columns, pixelOffset: image * pixels, into: target, scratch: memory)
  }

  /// One block of the pixels of all images, which then go to their images.
  private func runJoined(
    _ group: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ memory: UnsafeMutablePointer<Float>,
    _ joined: UnsafeMutablePointer<Float>
  ) {
    let channel = group * geometry.outputChannelsPerGroup + rows.lowerBound
    let pixels = geometry.window.output.count
    let target = BlockedProduct.Target(
      output: joined, stride: columns.count, rowBias: tensors.bias.map { $0 + channel })
    products[group].run(rows: rows, columns: columns, into: target, scratch: memory)
    var column = columns.lowerBound
    while column < columns.upperBound {
      let (image, pixel) = column.quotientAndRemainder(dividingBy: pixels)
      let count = min(pixels - pixel, columns.upperBound - column)
      var from = UnsafePointer(joined) + (column - columns.lowerBound)
      var to = tensors.output + (image * geometry.outputChannels + channel) * pixels + pixel
      for _ in rows {
        to.update(from: from, count: count)
        from += columns.count
        to += pixels
      }
      column += count
    }
  }
}

/// A value whose pointers several threads use, each for a part of its own.
struct Shared<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}

extension Window2D {
  /// The same window over planes as one row each, where that makes no difference.
  fileprivate var flattened: Window2D {
    guard isPointwise, input.count <= Int32.max else { return self }
    let row = Extent(height: 1, width: input.count)
    // A window of one place fits into any plane that is not empty, as an output's extents never are.
    return try! Window2D(input: row, kernel: kernel)
  }
}
