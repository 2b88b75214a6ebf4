import Kernels

extension ConvolutionStep: ColumnStep {
  func inputColumns(for columns: Range<Int>, input: Int) -> Range<Int> {
    input == 0 ? convolution.columns.inputs(of: columns) : columns
  }

  func outputColumns(from columns: Range<Int>, input: Int) -> Range<Int> {
    input == 0 ? convolution.columns.outputs(covering: columns) : columns
  }

  func run(image: Int, rows: Range<Int>, columns: Range<Int>, in frame: Frame) {
    convolution.run(
      input: frame.map(input, image), residual: residual.map { frame.map($0, image) },
      output: frame.map(output, image), rows: rows, columns: columns, groups: 0..<partCount)
  }
}

/// Whole tiles are made.
extension WinogradStep: ColumnStep {
  func inputColumns(for columns: Range<Int>, input: Int) -> Range<Int> {
    let tiles = tiles(of: columns)
    let tile = WinogradConvolution.tile
    let made = tiles.lowerBound * tile..<min(tiles.upperBound * tile, width)
    guard input == 0 else { return made }
    return made.lowerBound - convolution.padLeft..<made.upperBound - convolution.padLeft + Self.overlap
  }

  func outputColumns(from columns: Range<Int>, input: Int) -> Range<Int> {
    let tile = WinogradConvolution.tile
    if input != 0 {
      let tiles = tiles(of: columns)
      return tiles.lowerBound * tile..<tiles.upperBound * tile
    }
    let tiles = WindowSteps(
      kernel: WinogradConvolution.inputTile, stride: tile, begin: convolution.padLeft
    ).outputs(covering: columns)
    return tiles.lowerBound * tile..<tiles.upperBound * tile
  }

  func run(image: Int, rows: Range<Int>, columns: Range<Int>, in frame: Frame) {
    run(images: image..<image + 1, rows: rows, parts: 0..<partCount, tileColumns: tiles(of: columns), in: frame)
  }

  private func tiles(of columns: Range<Int>) -> Range<Int> {
    let tile = WinogradConvolution.tile
    return columns.lowerBound / tile..<(columns.upperBound + tile - 1) / tile
  }
}

extension DepthwiseStep: ColumnStep {
  func inputColumns(for columns: Range<Int>, input: Int) -> Range<Int> { convolution.columns.inputs(of: columns) }

  func outputColumns(from columns: Range<Int>, input: Int) -> Range<Int> {
    convolution.columns.outputs(covering: columns)
  }

  func run(image: Int, rows: Range<Int>, columns: Range<Int>, in frame: Frame) {
    convolution.run(
      input: frame.map(input, image), output: frame.map(output, image), rows: rows, columns: columns,
      blocks: 0..<partCount)
  }
}

extension PoolingStep: ColumnStep {
  func inputColumns(for columns: Range<Int>, input: Int) -> Range<Int> { pooling.columns.inputs(of: columns) }

  func outputColumns(from columns: Range<Int>, input: Int) -> Range<Int> { pooling.columns.outputs(covering: columns) }

  func run(image: Int, rows: Range<Int>, columns: Range<Int>, in frame: Frame) {
    pooling.run(
      input: frame.map(input, image), output: frame.map(output, image), rows: rows, columns: columns,
      blocks: 0..<partCount)
  }
}

extension SumStep: ColumnStep {
  func run(image: Int, rows: Range<Int>, columns: Range<Int>, in frame: Frame) {
    sum.run(
      frame.map(inputs[0], image), frame.map(inputs[1], image), output: frame.map(output, image), rows: rows,
      columns: columns)
  }
}
