import Kernels

/// A 3×3 convolution with what is fused to it, by a method of Winograd's.
struct WinogradStep: MapStep {
  let convolution: any WinogradMethod
  let input: MapID
  let residual: MapID?
  let output: MapID
  let margins: [Margins]

  /// The output's rows and columns.
  private let height: Int
  let width: Int
  private let windowRows: WindowSteps
  let windowColumns: WindowSteps

  /// The rows and columns of a tile's output.
  static let tile = WinogradConvolution.tile

  /// - Parameters:
  ///   - layout: of the output.
  ///   - inputLayout: of the input.
  init(
    _ convolution: any WinogradMethod, input: MapID, inputLayout: RowLayout, residual: MapID?, output: MapID,
    layout: RowLayout
  ) {
    self.convolution = convolution
    self.input = input
    self.residual = residual
    self.output = output
    (height, width) = (layout.height, layout.width)
    windowRows = WindowSteps(kernel: 3, stride: convolution.stride, begin: convolution.padTop)
    windowColumns = WindowSteps(kernel: 3, stride: convolution.stride, begin: convolution.padLeft)
    let bottom = windowRows.inputs(of: 0..<height).upperBound - inputLayout.height
    let right = windowColumns.inputs(of: 0..<width).upperBound - inputLayout.width
    margins =
      [
        Margins(top: convolution.padTop, bottom: max(0, bottom), left: convolution.padLeft, right: max(0, right))
      ] + (residual == nil ? [] : [Margins()])
  }

  var inputs: [MapID] { [input] + (residual.map { [$0] } ?? []) }
  /// With few tiles to a row, a product by as many pixels as fit into the registers takes more than one.
  var rowQuantum: Int { convolution.stride == 1 || tilesPerRow > 7 ? Self.tile : 2 * Self.tile }
  private var tilesPerRow: Int { (width + Self.tile - 1) / Self.tile }
  var partCount: Int { convolution.groupCount }
  func blocks(of parts: Range<Int>, in blocks: Int) -> Range<Int> { parts.blocks(in: blocks) }
  var weightCount: Int { convolution.inputChannels * convolution.outputChannels * 36 }

  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> {
    guard input == 0 else { return rows }
    return windowRows.inputs(
      of: rows.lowerBound..<min((rows.upperBound + Self.tile - 1) / Self.tile * Self.tile, height))
  }

  /// How many tiles share a pass over the weights: with many channels weights do not stay in the cache, with few the
  /// transformed tiles do.
  private var tilesPerPass: Int { min(max(28, convolution.inputChannels / 4), 128) }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    run(images: images, rows: rows, parts: parts, tileColumns: nil, in: frame)
  }

  /// - Parameter tileColumns: the tiles of each row to make; nil for all.
  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, tileColumns: Range<Int>?, in frame: Frame) {
    let tileRows = rows.lowerBound / Self.tile..<(rows.upperBound + Self.tile - 1) / Self.tile
    let rowsPerPass = max(1, tilesPerPass / max(1, tileColumns?.count ?? tilesPerRow))
    var pass: [WinogradTileRows] = []
    var count = 0
    for image in images {
      let input = frame.map(input, image)
      let residual = residual.map { frame.map($0, image) }
      let output = frame.map(output, image)
      var first = tileRows.lowerBound
      while first < tileRows.upperBound {
        let end = min(tileRows.upperBound, first + rowsPerPass - count)
        pass.append(
          .init(input: input, residual: residual, output: output, tileRows: first..<end, tileColumns: tileColumns))
        count += end - first
        first = end
        if count == rowsPerPass {
          convolution.run(pass, groups: parts)
          pass.removeAll(keepingCapacity: true)
          count = 0
        }
      }
    }
    convolution.run(pass, groups: parts)
  }
}
