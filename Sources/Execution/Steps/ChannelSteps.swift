import Kernels
import Operators

/// A depthwise convolution with what is fused to it.
struct DepthwiseStep: MapStep {
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

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    for image in images {
      convolution.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows, blocks: parts)
    }
  }
}

/// The largest element or the mean of each window.
struct PoolingStep: MapStep {
  let pooling: BlockedPooling
  let input: MapID
  let output: MapID
  let partCount: Int

  var inputs: [MapID] { [input] }
  // Places outside are left out, not read.
  var margins: [Margins] { [Margins()] }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { pooling.rows.inputs(of: rows) }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    for image in images {
      pooling.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows, blocks: parts)
    }
  }
}

/// The mean of each channel.
struct ChannelMeanStep: MapStep {
  let input: MapID
  let output: MapID
  let partCount: Int
  /// The rows of the input.
  let height: Int

  var inputs: [MapID] { [input] }
  var margins: [Margins] { [Margins()] }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { 0..<height }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    for image in images {
      ChannelMeans().run(input: frame.map(input, image), output: frame.map(output, image), blocks: parts)
    }
  }
}
