internal import CKernels

/// The places in the matrices of the tiles that run together.
///
/// A tile that the map's last row or column cuts off takes part in fewer matrices. Tiles cut off below come first, then
/// whole tiles, then those cut off on the right, then those cut off at both: so the tiles of each matrix lie side by
/// side.
struct WinogradTileOrder {
  /// Tiles side by side in one image.
  struct Row {
    /// The place in the list of parts.
    let part: Int
    /// The first output row and column.
    let y: Int
    let x: Int
    let height: Int
    /// The tiles of whole width.
    let tileCount: Int
    let firstTile: Int
    /// 0 where no tile is narrower.
    let lastWidth: Int
    let lastTile: Int
    /// In matrices with a place for each pixel of a tile's width.
    let firstPixel: Int
    /// In matrices with a place for each line of a tile.
    let firstLine: Int
    let lastLine: Int
  }

  private(set) var rows: [Row] = []

  /// The rows and columns that are left for tiles that are cut off; a tile's side where none are.
  private let cutHeight: Int
  private let cutWidth: Int

  /// Where the four kinds begin.
  private let starts: Places
  private let ends: Places

  /// The rows and columns of a tile's output.
  static let tile = CKERNELS_WINOGRAD_OUTPUT

  /// For each kind of tile the next place.
  private struct Places {
    var low = 0
    var whole = 0
    var narrow = 0
    var corner = 0
    // Pixels of tiles cut off below and of the others; lines of tiles of whole width and of the others.
    var lowPixels = 0
    var pixels = 0
    var lines = 0
    var narrowLines = 0

    /// The kinds' first places, where `self` is the next ones after all.
    var starts: Places {
      var starts = Places()
      starts.whole = low
      starts.narrow = starts.whole + whole
      starts.corner = starts.narrow + narrow
      starts.pixels = lowPixels
      starts.narrowLines = lines
      return starts
    }
  }

  /// - Parameters:
  ///   - parts: of images of one layout.
  ///   - layout: of the output.
  init(_ parts: [WinogradTileRows], layout: RowLayout) {
    let (restHeight, restWidth) = (layout.height % Self.tile, layout.width % Self.tile)
    cutHeight = restHeight == 0 ? Self.tile : restHeight
    cutWidth = restWidth == 0 ? Self.tile : restWidth

    var counts = Places()
    for part in parts { _ = Self.rows(of: part, number: 0, layout: layout, from: &counts) }
    starts = counts.starts
    var next = starts
    for (number, part) in parts.enumerated() {
      rows += Self.rows(of: part, number: number, layout: layout, from: &next)
    }
    ends = next
  }

  private static func rows(
    of part: WinogradTileRows, number: Int, layout: RowLayout, from next: inout Places
  ) -> [Row] {
    let columns = part.tileColumns ?? 0..<layout.width.dividedRoundingUp(by: tile)
    let lastWidth = columns.contains(layout.width / tile) ? layout.width % tile : 0
    let tileCount = columns.count - (lastWidth > 0 ? 1 : 0)
    let width = tileCount * tile + lastWidth
    return part.tileRows.map { tileRow in
      let height = min(tile, layout.height - tileRow * tile)
      let isLow = height < tile
      let row = Row(
        part: number, y: tileRow * tile, x: columns.lowerBound * tile, height: height, tileCount: tileCount,
        firstTile: isLow ? next.low : next.whole, lastWidth: lastWidth,
        lastTile: isLow ? next.corner : next.narrow, firstPixel: isLow ? next.lowPixels : next.pixels,
        firstLine: next.lines, lastLine: next.narrowLines)
      let narrowCount = columns.count - tileCount
      if isLow {
        next.low += tileCount
        next.corner += narrowCount
        next.lowPixels += width
      } else {
        next.whole += tileCount
        next.narrow += narrowCount
        next.pixels += width
      }
      next.lines += height * tileCount
      next.narrowLines += height * narrowCount
      return row
    }
  }

  /// How many tiles there are.
  var count: Int { ends.corner }

  /// The pixels of all tiles' widths.
  var pixelCount: Int { ends.pixels }

  /// The lines of all tiles.
  var lineCount: Int { ends.narrowLines }

  /// The tiles that take part in a matrix.
  func tiles(row: Int, column: Int) -> Range<Int> {
    let hasLow = Self.hasPoint(row, size: cutHeight)
    let first = hasLow ? 0 : starts.whole
    guard Self.hasPoint(column, size: cutWidth) else { return first..<starts.narrow }
    return first..<(hasLow ? ends.corner : starts.corner)
  }

  /// The pixels that take part in the matrix of a row of tiles' elements.
  func pixels(row: Int) -> Range<Int> { (Self.hasPoint(row, size: cutHeight) ? 0 : starts.pixels)..<ends.pixels }

  /// The lines that take part in the matrix of a column of tiles' elements.
  func lines(column: Int) -> Range<Int> {
    0..<(Self.hasPoint(column, size: cutWidth) ? ends.narrowLines : starts.narrowLines)
  }

  /// Whether lines of tiles `size` pixels wide have an element.
  private static func hasPoint(_ element: Int, size: Int) -> Bool {
    element <= size || element == WinogradFilters.side - 1
  }
}

extension ckernels_winograd_tiles {
  /// A row of tiles without its places.
  ///
  /// - Parameters:
  ///   - map: what is read or written.
  ///   - x: where its pixels begin for the first tile.
  ///   - blocks: of the matrices' channels.
  init(_ row: WinogradTileOrder.Row, of map: FeatureMap, x: Int, blocks: Int) {
    self.init()
    self.blocks = blocks
    block_stride = map.layout.blockStride
    height = row.height
    count = row.tileCount
    last_width = row.lastWidth
    offset = x * map.layout.lanes
  }
}
