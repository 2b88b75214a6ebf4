import Kernels
import Operators

/// A depthwise convolution with what is fused to it.
struct DepthwiseStep: ImageStep {
  let convolution: BlockedDepthwiseConvolution
  let input: MapID
  let output: MapID
  let margins: [Margins]
  let partCount: Int

  init(
    _ convolution: BlockedDepthwiseConvolution, rows: WindowAxis, columns: WindowAxis, input: MapID, output: MapID,
    layout: RowLayout
  ) {
    self.convolution = convolution
    self.input = input
    self.output = output
    margins = [Margins(rows: rows, columns: columns)]
    partCount = layout.blocks
  }

  var inputs: [MapID] { [input] }
  var weightCount: Int { convolution.channels * convolution.rows.kernel * convolution.columns.kernel }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { convolution.rows.inputs(of: rows) }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    convolution.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows, blocks: parts)
  }
}

/// The largest element or the mean of each window. Places outside are left out, not read.
struct PoolingStep: ImageStep {
  let pooling: BlockedPooling
  let input: MapID
  let output: MapID
  let partCount: Int

  var inputs: [MapID] { [input] }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { pooling.rows.inputs(of: rows) }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    pooling.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows, blocks: parts)
  }
}

/// The mean of each channel.
struct ChannelMeanStep: ImageStep {
  let input: MapID
  let output: MapID
  let partCount: Int
  /// The rows of the input.
  let height: Int

  var inputs: [MapID] { [input] }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { 0..<height }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    ChannelMeans().run(input: frame.map(input, image), output: frame.map(output, image), blocks: parts)
  }
}

/// The channels of a wider map from some channel on.
struct ChannelRangeStep: ImageStep {
  let input: MapID
  let output: MapID
  let firstChannel: Int

  var inputs: [MapID] { [input] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    frame.map(output, image).takeChannels(of: frame.map(input, image), from: firstChannel, rows: rows)
  }
}
