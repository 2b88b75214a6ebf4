import Kernels
import Operators

/// A convolution with what is fused to it, in the direct form.
struct ConvolutionStep: MapStep {
  let convolution: DirectConvolution
  let input: MapID
  let residual: MapID?
  let output: MapID
  let margins: [Margins]

  let weightCount: Int

  /// Whether input and output have one pixel: those of several images can then share a tile.
  private let isSinglePixel: Bool

  /// More weights than this are read once for all images, less once for each.
  private static let smallWeights = 1 << 17

  /// As many weights as stay in the cache from one image to the next.
  private static let fewWeights = 1 << 15

  init(
    _ convolution: DirectConvolution, rows: WindowAxis, columns: WindowAxis, input: MapID, residual: MapID?,
    output: MapID
  ) {
    self.convolution = convolution
    self.input = input
    self.residual = residual
    self.output = output
    margins = [Margins(rows: rows, columns: columns)] + (residual == nil ? [] : [Margins()])
    weightCount = convolution.inputChannels * convolution.outputChannels * rows.kernel * columns.kernel
    isSinglePixel =
      residual == nil
      && [rows, columns].allSatisfy { $0.input == 1 && $0.output == 1 && $0.kernel == 1 && $0.begin == 0 }
  }

  var inputs: [MapID] { [input] + (residual.map { [$0] } ?? []) }
  var partCount: Int { convolution.groupCount }

  func blocks(of parts: Range<Int>, in blocks: Int) -> Range<Int> { parts.blocks(in: blocks) }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    if isSinglePixel, images.count > 1 {
      convolution.runPixels(
        images.count, input: frame.map(input, images.lowerBound), inputStride: frame.imageStride(of: input),
        output: frame.map(output, images.lowerBound), outputStride: frame.imageStride(of: output), groups: parts)
      return
    }
    guard convolution.canLeaveOut(groups: parts) else {
      runDense(images: images, rows: rows, parts: parts, in: frame)
      return
    }
    let sparse = images.filter { convolution.isSparse(maps(of: $0, in: frame), rows: rows, groups: parts) }
    convolution.runSparse(sparse.map { maps(of: $0, in: frame) }, rows: rows, groups: parts)
    runDense(images: images.filter { !sparse.contains($0) }, rows: rows, parts: parts, in: frame)
  }

  private func runDense(images: some Collection<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    guard images.count > 1, weightCount > Self.smallWeights else {
      for image in images { run(image: image, isOnly: images.count == 1, rows: rows, parts: parts, in: frame) }
      return
    }
    for part in parts {
      for image in images { run(image: image, isOnly: false, rows: rows, parts: part..<part + 1, in: frame) }
    }
  }

  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> {
    input == 0 ? convolution.rows.inputs(of: rows) : rows
  }

  private func run(image: Int, isOnly: Bool, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    let maps = maps(of: image, in: frame)
    convolution.run(
      input: maps.input, residual: maps.residual, output: maps.output, rows: rows, groups: parts,
      isOnlyImage: isOnly && weightCount > Self.fewWeights)
  }

  private func maps(of image: Int, in frame: Frame) -> DirectConvolution.Image {
    (frame.map(input, image), residual.map { frame.map($0, image) }, frame.map(output, image))
  }
}

extension Range<Int> {
  /// The blocks of a convolution's groups of weights.
  ///
  /// - Parameter blocks: of the whole output.
  func blocks(in blocks: Int) -> Range<Int> {
    let size = InstructionSet.current.groupBlocks
    return lowerBound * size..<Swift.min(upperBound * size, blocks)
  }
}

extension Margins {
  /// What windows reach over the edges.
  init(rows: WindowAxis, columns: WindowAxis) {
    self.init(top: rows.begin, bottom: rows.overhang, left: columns.begin, right: columns.overhang)
  }
}
