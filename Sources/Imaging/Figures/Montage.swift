/// Small pictures in a grid, each with a caption, under a common title. Cells have the shape of the pictures: as wide as
/// the widest of them and as high as the highest.
public struct Montage: Sendable {
  /// One picture of the grid.
  public struct Tile: Sendable {
    public var picture: Image
    /// A few words below it; shortened where they do not fit.
    public var caption: String

    public init(picture: Image, caption: String) {
      self.picture = picture
      self.caption = caption
    }
  }

  public var title: String
  /// Below the title, in lighter type.
  public var subtitle: String
  public var tiles: [Tile]
  /// The longer side of a shown picture in pixels.
  public var side: Int
  /// Tiles in a row; nil makes the grid about 4 : 3.
  public var columns: Int?

  /// - Precondition: `side` and `columns` are positive.
  public init(title: String, subtitle: String = "", tiles: [Tile], side: Int = 144, columns: Int? = nil) {
    precondition(side > 0 && columns ?? 1 > 0)
    self.title = title
    self.subtitle = subtitle
    self.tiles = tiles
    self.side = side
    self.columns = columns
  }

  /// The montage as one picture. Pictures are resized to the tiles' side, smaller ones smoothly enlarged.
  public func rendered() -> Image {
    let titleStyle = TextStyle(size: 22, color: Palette.ink, weight: 1.45)
    let subtitleStyle = TextStyle(size: 16, color: Palette.faint)
    let captionStyle = TextStyle(size: 15, color: Palette.ink)
    let (margin, gap) = (18, 12)
    let pictures = tiles.map { Self.fitted($0.picture, side) }
    // A narrow cell is still wide enough for a few words.
    let cellWidth = max(pictures.map(\.width).max() ?? side, side * 3 / 4)
    let cellHeight = pictures.map(\.height).max() ?? side
    let rowStep = cellHeight + captionStyle.lineHeight + gap
    let columns = self.columns ?? Self.columns(for: tiles.count, shape: Double(rowStep) / Double(cellWidth + gap))
    let rows = (tiles.count + columns - 1) / columns
    // A narrow grid is still wide enough for a title.
    let width = max(columns * cellWidth + (columns - 1) * gap, 320) + 2 * margin
    let content = Float(width - 2 * margin)
    let titleLines = titleStyle.wrapped(title, to: content, maximumLines: 2)
    let subtitleLines = subtitleStyle.wrapped(subtitle, to: content, maximumLines: 3)
    let head = titleLines.count * titleStyle.lineHeight + subtitleLines.count * subtitleStyle.lineHeight
    let top = margin + head + (head > 0 ? gap : 0)

    var canvas = Canvas(width: width, height: top + rows * rowStep + margin - gap, background: Palette.paper)
    var y = margin
    for line in titleLines {
      canvas.draw(line, x: Float(margin), y: Float(y), titleStyle)
      y += titleStyle.lineHeight
    }
    for line in subtitleLines {
      canvas.draw(line, x: Float(margin), y: Float(y), subtitleStyle)
      y += subtitleStyle.lineHeight
    }
    for (index, shown) in pictures.enumerated() {
      let x = margin + index % columns * (cellWidth + gap)
      let y = top + index / columns * rowStep
      canvas.draw(shown, x: x + (cellWidth - shown.width) / 2, y: y + cellHeight - shown.height)
      let caption = captionStyle.shortened(tiles[index].caption, to: Float(cellWidth))
      canvas.draw(caption, x: Float(x) + Float(cellWidth) / 2, y: Float(y + cellHeight + 3), captionStyle, .center)
    }
    return canvas.image
  }

  /// The picture with its longer side at `side` pixels.
  private static func fitted(_ picture: Image, _ side: Int) -> Image {
    let longer = max(picture.width, picture.height)
    func scaled(_ extent: Int) -> Int { max((extent * side + longer / 2) / longer, 1) }
    return picture.resized(width: scaled(picture.width), height: scaled(picture.height), .bilinear)
  }

  /// - Parameter shape: the height of a row over the width of a column, caption and gap included.
  private static func columns(for count: Int, shape: Double) -> Int {
    max(Int((Double(count) * shape * 4 / 3).squareRoot().rounded(.up)), 1)
  }
}
