internal import CKernels

/// A convolution of channel-blocked or planar feature maps into channel-blocked ones, with what follows it:
/// y = clamp(bias + Σ weight · x + residual).
///
/// Each output element is one chain of multiply-adds from its bias on, over the window's rows, blocks of input channels,
/// columns and channels in this order: its bits depend on its own image and the instruction set alone.
package struct DirectConvolution: @unchecked Sendable {
  package let rows: WindowSteps
  package let columns: WindowSteps
  package let inputChannels: Int
  package let outputChannels: Int
  package let bounds: ClampBounds
  let instructionSet: InstructionSet
  private let inputLanes: Int
  let weights: FloatStorage
  let bias: FloatStorage
  let kernels: UnsafePointer<ckernels_blocked>

  /// Whether what is multiplied with zeros may be left out: windows of one pixel that lie inside, and finite weights.
  let canLeaveOut: Bool

  /// - Parameters:
  ///   - weights: row-major [outputChannels, inputChannels, rows.kernel, columns.kernel].
  ///   - factors: what each output channel's weights are multiplied with first; nil leaves them as they are.
  ///   - bias: a value for each output channel.
  ///   - isPlanar: whether inputs are planar.
  package init(
    weights: UnsafePointer<Float>, factors: [Double]? = nil, bias: [Float], inputChannels: Int, rows: WindowSteps,
    columns: WindowSteps, bounds: ClampBounds, isPlanar: Bool, pool: ThreadPool,
    instructionSet: InstructionSet = .current
  ) {
    self.rows = rows
    self.columns = columns
    self.inputChannels = inputChannels
    outputChannels = bias.count
    self.bounds = bounds
    self.instructionSet = instructionSet
    kernels = UnsafePointer(instructionSet.kernels.pointee.blocked!)
    let lanes = instructionSet.lanes
    inputLanes = isPlanar ? 1 : lanes
    self.bias = FloatStorage(padding: bias, to: lanes)
    self.weights = DirectConvolution.packed(
      FilterBank(
        filters: weights, outputs: bias.count, inputs: inputChannels, taps: rows.kernel * columns.kernel,
        factors: factors),
      rows: rows.kernel, inputLanes: inputLanes, instructionSet, pool)
    let isPixel = [rows, columns].allSatisfy { $0.kernel == 1 && $0.begin == 0 }
    canLeaveOut = isPixel && !isPlanar && self.weights.isFinite(pool: pool)
  }

  /// Independent parts of the output channels.
  package var groupCount: Int {
    outputChannels.dividedRoundingUp(by: instructionSet.lanes * instructionSet.groupBlocks)
  }

  /// Computes some rows of some groups of one image.
  ///
  /// - Parameters:
  ///   - residual: what is added before clamping; of the output's extents.
  ///   - columns: the output's columns to compute; nil for all.
  ///   - firstInputBlock: where the input's channels begin in the map.
  ///   - firstOutputBlock: where the output's channels begin in the map.
  ///   - isOnlyImage: whether no other image shares the weights, which then come from far.
  package func run(
    input: FeatureMap, residual: FeatureMap?, output: FeatureMap, rows outputRows: Range<Int>,
    columns outputColumns: Range<Int>? = nil, groups: Range<Int>, firstInputBlock: Int = 0, firstOutputBlock: Int = 0,
    isOnlyImage: Bool = false
  ) {
    var c = parameters(input: input, residual: residual, output: output)
    if isOnlyImage { c.streams_weights = 1 }
    c.input_offset += firstInputBlock * input.layout.blockStride
    c.output_offset = firstOutputBlock * output.layout.blockStride
    if let outputColumns {
      c.first_column = outputColumns.lowerBound
      c.output_width = outputColumns.count
    }
    let first = outputRows.lowerBound
    kernels.pointee.convolve(
      &c, (input.rows + (first * rows.stride - rows.begin)).c, residual.map { ($0.rows + first).c },
      (output.rows + first).cMutable, outputRows.count, groups.lowerBound, groups.upperBound)
  }

  /// Computes some groups of several images of one pixel each, which lie one behind the other: each channel's weights
  /// are read once for all.
  ///
  /// - Parameters:
  ///   - input: of the first image.
  ///   - inputStride: floats from one image to the next; so for the others.
  package func runPixels(
    _ count: Int, input: FeatureMap, inputStride: Int, output: FeatureMap, outputStride: Int, groups: Range<Int>
  ) {
    precondition(output.layout.width == 1 && output.layout.height == 1)
    var c = parameters(input: input, residual: nil, output: output)
    c.pixel_stride = inputStride
    c.output_pixel_stride = outputStride
    c.output_width = count
    kernels.pointee.convolve(
      &c, (input.rows - rows.begin).c, nil, output.rows.cMutable, 1, groups.lowerBound, groups.upperBound)
  }

  /// Products of the weights with windows that are laid out already: no bias, no clamping.
  ///
  /// - Parameters:
  ///   - windows: `count` × (rows.kernel · inputChannels · columns.kernel) values, in this order.
  ///   - output: [block][window][lanes], blocks `blockStride` floats apart.
  /// - Precondition: inputs are planar and not dilated along the columns.
  func multiply(windows: UnsafePointer<Float>, count: Int, output: UnsafeMutablePointer<Float>, blockStride: Int) {
    let lanes = instructionSet.lanes
    let depth = rows.kernel * inputChannels * columns.kernel
    var c = ckernels_blocked_convolution()
    c.input_blocks = 1
    c.block_channels = depth
    c.last_channels = depth
    c.kernel_height = 1
    c.kernel_width = 1
    c.pixel_stride = depth
    c.output_width = count
    c.output_pixel_stride = lanes
    c.output_blocks = outputChannels.dividedRoundingUp(by: lanes)
    c.output_block_stride = blockStride
    c.weights = UnsafePointer(weights.start)
    c.low = -.infinity
    c.high = .infinity
    withUnsafeTemporaryAllocation(of: Float.self, capacity: outputChannels.roundedUp(to: lanes)) { zeros in
      zeros.initialize(repeating: 0)
      c.bias = UnsafePointer(zeros.baseAddress)
      var input: UnsafePointer<Float>? = windows
      var target: UnsafeMutablePointer<Float>? = output
      kernels.pointee.convolve(&c, &input, nil, &target, 1, 0, groupCount)
    }
  }

  func parameters(
    input: FeatureMap, residual: FeatureMap?, output: FeatureMap
  ) -> ckernels_blocked_convolution {
    var c = ckernels_blocked_convolution()
    c.input_block_stride = input.layout.blockStride
    c.input_blocks = inputChannels.dividedRoundingUp(by: inputLanes)
    c.kernel_height = rows.kernel
    if inputLanes == 1, columns.dilation == 1 {
      // The columns of a window lie side by side, like the channels of a block.
      c.block_channels = columns.kernel
      c.last_channels = columns.kernel
      c.kernel_width = 1
    } else {
      c.block_channels = inputLanes
      c.last_channels = inputChannels - (c.input_blocks - 1) * inputLanes
      c.kernel_width = columns.kernel
    }
    c.input_offset = -columns.begin * inputLanes
    c.pixel_stride = columns.stride * inputLanes
    c.column_stride = columns.dilation * inputLanes
    c.row_step = rows.dilation
    c.row_stride = rows.stride
    c.output_width = output.layout.width
    c.output_pixel_stride = output.layout.lanes
    c.output_blocks = outputChannels.dividedRoundingUp(by: instructionSet.lanes)
    c.output_block_stride = output.layout.blockStride
    c.residual_block_stride = residual?.layout.blockStride ?? 0
    c.weights = UnsafePointer(weights.start)
    c.streams_weights = weights.streams
    c.bias = UnsafePointer(bias.start)
    c.low = bounds.low
    c.high = bounds.high
    return c
  }

  /// Weights in the order of the kernel's loops; see `ckernels_blocked_convolution.weights`.
  private static func packed(
    _ filters: FilterBank, rows: Int, inputLanes: Int, _ instructionSet: InstructionSet, _ pool: ThreadPool
  ) -> FloatStorage {
    let (inputs, taps) = (filters.inputs, filters.taps)
    let columns = taps / rows
    let depth = inputs * taps
    let paddedOutputs = filters.outputs.roundedUp(to: instructionSet.lanes)
    let storage = FloatStorage(count: paddedOutputs * depth)
    let groupWidth = instructionSet.lanes * instructionSet.groupBlocks
    let target = Shared(storage.start)
    pool.forEach(paddedOutputs.dividedRoundingUp(by: groupWidth)) { group in
      let firstOutput = group * groupWidth
      let width = min(groupWidth, paddedOutputs - firstOutput)
      let packed = target.value + firstOutput * depth
      let transposed = scratch(inputLanes * taps * width)
      for firstInput in stride(from: 0, to: inputs, by: inputLanes) {
        let count = min(inputLanes, inputs - firstInput)
        filters.transpose(
          inputs: firstInput..<firstInput + count, firstOutput: firstOutput, width: width, into: transposed)
        for row in 0..<rows {
          for column in 0..<columns {
            let to = packed + ((row * inputs + firstInput) * columns + column * count) * width
            for input in 0..<count {
              let from = transposed + ((input * rows + row) * columns + column) * width
              (to + input * width).update(from: from, count: width)
            }
          }
        }
      }
    }
    return storage
  }
}

/// A window along one axis of a feature map.
package struct WindowSteps: Sendable, Hashable {
  package let kernel: Int
  package let stride: Int
  package let dilation: Int
  /// How far window 0 reaches over the first pixel.
  package let begin: Int

  package init(kernel: Int, stride: Int = 1, dilation: Int = 1, begin: Int = 0) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.begin = begin
  }

  /// The pixels, some of them perhaps outside, that the windows of `outputs` cover.
  package func inputs(of outputs: Range<Int>) -> Range<Int> {
    let first = outputs.lowerBound * stride - begin
    return first..<(outputs.upperBound - 1) * stride - begin + (kernel - 1) * dilation + 1
  }

  /// The windows, some of them perhaps beyond the last, that cover any of some pixels.
  package func outputs(covering pixels: Range<Int>) -> Range<Int> {
    let reach = pixels.lowerBound + begin - (kernel - 1) * dilation
    let first = reach <= 0 ? 0 : (reach + stride - 1) / stride
    return first..<max(first, (pixels.upperBound - 1 + begin) / stride + 1)
  }
}

extension FloatStorage {
  /// Values and zeros up to a multiple of `lanes`.
  convenience init(padding values: [Float], to lanes: Int) {
    self.init(count: values.count.roundedUp(to: lanes))
    _ = elements.update(fromContentsOf: values)
    for index in values.count..<elements.count { start[index] = 0 }
  }
}
