internal import CKernels

/// A depthwise convolution of channel-blocked feature maps: y = clamp(bias + Σ weight · x).
///
/// Each output element is one chain of multiply-adds from its bias on, in row-major order of the window.
package struct BlockedDepthwiseConvolution: @unchecked Sendable {
  package let rows: WindowSteps
  package let columns: WindowSteps
  package let channels: Int
  package let bounds: ClampBounds
  private let instructionSet: InstructionSet
  private let weights: FloatStorage
  private let bias: FloatStorage
  private let kernels: UnsafePointer<ckernels_blocked>

  /// - Parameters:
  ///   - weights: row-major [channels, rows.kernel, columns.kernel].
  ///   - factors: what each channel's weights are multiplied with first; nil leaves them as they are.
  ///   - bias: a value for each channel.
  package init(
    weights: UnsafePointer<Float>, factors: [Double]? = nil, bias: [Float], rows: WindowSteps, columns: WindowSteps,
    bounds: ClampBounds, instructionSet: InstructionSet = .current
  ) {
    self.rows = rows
    self.columns = columns
    self.bounds = bounds
    self.instructionSet = instructionSet
    channels = bias.count
    kernels = UnsafePointer(instructionSet.kernels.pointee.blocked!)
    let lanes = instructionSet.lanes
    let taps = rows.kernel * columns.kernel
    self.bias = FloatStorage(padding: bias, to: lanes)
    self.weights = FloatStorage(count: bias.count.roundedUp(to: lanes) * taps)
    let filters = FilterBank(filters: weights, outputs: bias.count, inputs: 1, taps: taps, factors: factors)
    for first in stride(from: 0, to: bias.count, by: lanes) {
      filters.transpose(inputs: 0..<1, firstOutput: first, width: lanes, into: self.weights.start + first * taps)
    }
  }

  /// Computes some rows of some blocks of one image.
  ///
  /// - Parameter columns: the output's columns to compute; nil for all.
  package func run(
    input: FeatureMap, output: FeatureMap, rows outputRows: Range<Int>, columns outputColumns: Range<Int>? = nil,
    blocks: Range<Int>
  ) {
    var c = ckernels_blocked_depthwise()
    c.blocks = output.layout.blocks
    c.input_block_stride = input.layout.blockStride
    c.output_block_stride = output.layout.blockStride
    c.input_offset = -columns.begin * instructionSet.lanes
    c.stride_x = columns.stride
    c.dilation_x = columns.dilation
    c.kernel_height = rows.kernel
    c.kernel_width = columns.kernel
    c.row_step = rows.dilation
    c.row_stride = rows.stride
    c.first_column = outputColumns?.lowerBound ?? 0
    c.output_width = outputColumns?.count ?? output.layout.width
    c.weights = UnsafePointer(weights.start)
    c.bias = UnsafePointer(bias.start)
    c.low = bounds.low
    c.high = bounds.high
    let first = outputRows.lowerBound
    kernels.pointee.depthwise(
      &c, (input.rows + (first * rows.stride - rows.begin)).c, (output.rows + first).cMutable, outputRows.count,
      blocks.lowerBound, blocks.upperBound)
  }
}
