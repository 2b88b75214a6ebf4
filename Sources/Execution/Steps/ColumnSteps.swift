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
    let made = self.columns(of: tiles(of: columns))
    return input == 0 ? windowColumns.inputs(of: made) : made
  }

  func outputColumns(from columns: Range<Int>, input: Int) -> Range<Int> {
    let reached = input == 0 ? windowColumns.outputs(covering: columns) : columns
    return self.columns(of: tiles(of: reached))
  }

  func run(image: Int, rows: Range<Int>, columns: Range<Int>, in frame: Frame) {
    run(images: image..<image + 1, rows: rows, parts: 0..<partCount, tileColumns: tiles(of: columns), in: frame)
  }

  private func tiles(of columns: Range<Int>) -> Range<Int> {
    columns.lowerBound / Self.tile..<(columns.upperBound + Self.tile - 1) / Self.tile
  }

  private func columns(of tiles: Range<Int>) -> Range<Int> {
    let end = min(tiles.upperBound * Self.tile, width)
    return min(tiles.lowerBound * Self.tile, end)..<end
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
