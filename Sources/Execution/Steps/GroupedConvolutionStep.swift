import Kernels
import Operators

/// A convolution in groups of channels with what is fused to it.
struct GroupedConvolutionStep: ImageStep {
  let convolution: GroupedConvolution
  let input: MapID
  let output: MapID
  let margins: [Margins]
  let weightCount: Int

  init(
    _ convolution: GroupedConvolution, rows: WindowAxis, columns: WindowAxis, input: MapID, output: MapID
  ) {
    self.convolution = convolution
    self.input = input
    self.output = output
    margins = [Margins(rows: rows, columns: columns)]
    weightCount = convolution.weightCount
  }

  var inputs: [MapID] { [input] }
  var partCount: Int { convolution.partCount }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { convolution.rows.inputs(of: rows) }

  func blocks(of parts: Range<Int>, in blocks: Int) -> Range<Int> {
    parts.isEmpty ? 0..<0 : convolution.outputBlocks(of: parts)
  }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    convolution.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows, parts: parts)
  }
}
