/// A matrix cut into blocks of like size, each a whole number of tiles but for the last.
struct BlockGrid: Sendable {
  let rows: Int
  let columns: Int
  private let rowsPerBlock: Int
  private let columnsPerBlock: Int

  /// - Parameters:
  ///   - rowLimit: the most rows of a block, as far as one tile allows.
  ///   - columnLimit: the most columns of a block, as far as one tile allows.
  ///   - wantedBlocks: how many blocks to make at least where that is possible with blocks of four tiles' rows, so
  ///     that all threads have some.
  init(
    rows: Int, columns: Int, tileRows: Int, tileColumns: Int, rowLimit: Int, columnLimit: Int, wantedBlocks: Int
  ) {
    self.rows = rows
    self.columns = columns
    columnsPerBlock = Self.extent(of: columns, tile: tileColumns, limit: columnLimit)
    let across = max(1, columns.dividedRoundingUp(by: columnsPerBlock))
    let wantedDown = wantedBlocks.dividedRoundingUp(by: across)
    let shareOfRows = max(rows.dividedRoundingUp(by: wantedDown), min(rowLimit, 4 * tileRows))
    rowsPerBlock = Self.extent(of: rows, tile: tileRows, limit: min(rowLimit, shareOfRows))
  }

  /// The extent of each block: as even as whole tiles allow.
  private static func extent(of extent: Int, tile: Int, limit: Int) -> Int {
    let tiles = extent.dividedRoundingUp(by: tile)
    let tilesPerBlock = max(1, limit / tile)
    let blocks = max(1, tiles.dividedRoundingUp(by: tilesPerBlock))
    return max(1, tiles.dividedRoundingUp(by: blocks)) * tile
  }

  /// How many blocks there are.
  var count: Int { rows.dividedRoundingUp(by: rowsPerBlock) * blocksAcross }

  /// The most elements that a block has.
  var largestBlock: (rows: Int, columns: Int) { (min(rowsPerBlock, rows), min(columnsPerBlock, columns)) }

  private var blocksAcross: Int { columns.dividedRoundingUp(by: columnsPerBlock) }

  /// The rows and columns of a block; blocks of the same columns follow each other.
  subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let down = rows.dividedRoundingUp(by: rowsPerBlock)
    let row = index % down * rowsPerBlock
    let column = index / down * columnsPerBlock
    return (row..<min(row + rowsPerBlock, rows), column..<min(column + columnsPerBlock, columns))
  }
}
