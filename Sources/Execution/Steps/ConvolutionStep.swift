import Kernels
import Operators

/// A convolution with what is fused to it, in the direct form.
struct ConvolutionStep: MapStep {
  let convolution: DirectConvolution
  let input: MapID
  let residual: MapID?
  let output: MapID
  let margins: [Margins]

  /// More weights than this are read once for all images, less once for each.
  private static let smallWeights = 1 << 17

  init(
    _ convolution: DirectConvolution, rows: WindowAxis, columns: WindowAxis, input: MapID, residual: MapID?,
    output: MapID
  ) {
    self.convolution = convolution
    self.input = input
    self.residual = residual
    self.output = output
    margins = [Margins(rows: rows, columns: columns)] + (residual == nil ? [] : [Margins()])
  }

  var inputs: [MapID] { [input] + (residual.map { [$0] } ?? []) }
  var partCount: Int { convolution.groupCount }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    let weights = convolution.inputChannels * convolution.outputChannels * convolution.rows.kernel
    guard images.count > 1, weights * convolution.columns.kernel > Self.smallWeights else {
      for image in images { run(image: image, rows: rows, parts: parts, in: frame) }
      return
    }
    for part in parts {
      for image in images { run(image: image, rows: rows, parts: part..<part + 1, in: frame) }
    }
  }

  private func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    convolution.run(
      input: frame.map(input, image), residual: residual.map { frame.map($0, image) },
      output: frame.map(output, image), rows: rows, groups: parts)
  }
}

extension Margins {
  /// What windows reach over the edges.
  init(rows: WindowAxis, columns: WindowAxis) {
    self.init(top: rows.begin, bottom: rows.overhang, left: columns.begin, right: columns.overhang)
  }
}
