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
    /// The first output row.
    let y: Int
    /// The first output column.
    let x: Int
    let height: Int
    let wholeWidthTiles: Int
    let firstTile: Int
    /// 0 where no tile is narrower.
    let lastWidth: Int
    let lastTile: Int
  }

  private(set) var rows: [Row] = []

  /// The rows and columns that are left for tiles that are cut off; a tile's side where none are.
  private let cutHeight: Int
  private let cutWidth: Int

  // Where the four kinds begin, and the end.
  private let firstWhole: Int
  private let firstNarrow: Int
  private let firstCorner: Int

  /// How many tiles there are.
  let count: Int

  /// - Parameters:
  ///   - parts: of images of one layout.
  ///   - layout: of the output.
  init(_ parts: [WinogradConvolution.TileRows], layout: RowLayout) {
    let tile = WinogradConvolution.tile
    let (wholeRows, wholeColumns) = (layout.height / tile, layout.width / tile)
    let (restHeight, restWidth) = (layout.height % tile, layout.width % tile)
    cutHeight = restHeight == 0 ? tile : restHeight
    cutWidth = restWidth == 0 ? tile : restWidth
    let allColumns = 0..<layout.width.dividedRoundingUp(by: tile)

    var counts = (low: 0, whole: 0, narrow: 0, corner: 0)
    for part in parts {
      let columns = part.tileColumns ?? allColumns
      let low = part.tileRows.count { $0 >= wholeRows }
      let narrow = columns.contains(wholeColumns) ? 1 : 0
      counts.low += low * (columns.count - narrow)
      counts.whole += (part.tileRows.count - low) * (columns.count - narrow)
      counts.narrow += (part.tileRows.count - low) * narrow
      counts.corner += low * narrow
    }
    firstWhole = counts.low
    firstNarrow = firstWhole + counts.whole
    firstCorner = firstNarrow + counts.narrow
    count = firstCorner + counts.corner

    var next = (low: 0, whole: firstWhole, narrow: firstNarrow, corner: firstCorner)
    for (index, part) in parts.enumerated() {
      let columns = part.tileColumns ?? allColumns
      let narrow = columns.contains(wholeColumns) ? 1 : 0
      for row in part.tileRows {
        let isLow = row >= wholeRows
        rows.append(
          Row(
            part: index, y: row * tile, x: columns.lowerBound * tile, height: isLow ? cutHeight : tile,
            wholeWidthTiles: columns.count - narrow, firstTile: isLow ? next.low : next.whole,
            lastWidth: narrow * restWidth, lastTile: isLow ? next.corner : next.narrow))
        if isLow {
          next.low += columns.count - narrow
          next.corner += narrow
        } else {
          next.whole += columns.count - narrow
          next.narrow += narrow
        }
      }
    }
  }

  /// The tiles that take part in a matrix.
  func tiles(row: Int, column: Int) -> Range<Int> {
    let hasLow = Self.hasPoint(row, size: cutHeight)
    let hasNarrow = Self.hasPoint(column, size: cutWidth)
    return (hasLow ? 0 : firstWhole)..<(hasNarrow ? (hasLow ? count : firstCorner) : firstNarrow)
  }

  /// Whether lines of tiles `size` pixels wide have an element.
  private static func hasPoint(_ element: Int, size: Int) -> Bool {
    element <= size || element == WinogradConvolution.inputTile - 1
  }
}

extension ckernels_winograd_tiles {
  /// A row of tiles.
  ///
  /// - Parameters:
  ///   - blocks: of the matrices' channels.
  ///   - capacity: the tiles of a matrix.
  ///   - positionStride: floats from one matrix to the next.
  ///   - map: what is read or written.
  ///   - inset: pixels from the first tile's output to its place in the map.
  init(
    _ row: WinogradTileOrder.Row, blocks: Int, capacity: Int, positionStride: Int, map: FeatureMap, inset: Int = 0
  ) {
    self.init()
    self.blocks = blocks
    block_stride = map.layout.blockStride
    tile_capacity = capacity
    position_stride = positionStride
    height = row.height
    tiles = row.wholeWidthTiles
    first_tile = row.firstTile
    last_width = row.lastWidth
    last_tile = row.lastTile
    offset = (row.x + inset) * map.layout.lanes
  }
}
