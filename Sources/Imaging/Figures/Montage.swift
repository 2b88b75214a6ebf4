/// Small pictures in a grid, each with a caption, under a common title.
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
    let columns = self.columns ?? Self.columns(for: tiles.count)
    let rows = (tiles.count + columns - 1) / columns
    // A narrow grid is still wide enough for a title.
    let width = max(columns * side + (columns - 1) * gap, 320) + 2 * margin
    let content = Float(width - 2 * margin)
    let titleLines = titleStyle.wrapped(title, to: content, maximumLines: 2)
    let subtitleLines = subtitleStyle.wrapped(subtitle, to: content, maximumLines: 3)
    let head = titleLines.count * titleStyle.lineHeight + subtitleLines.count * subtitleStyle.lineHeight
    let step = side + captionStyle.lineHeight + gap
    let top = margin + head + (head > 0 ? gap : 0)

    var canvas = Canvas(width: width, height: top + rows * step + margin - gap, background: Palette.paper)
    var y = margin
    for line in titleLines {
      canvas.draw(line, x: Float(margin), y: Float(y), titleStyle)
      y += titleStyle.lineHeight
    }
    for line in subtitleLines {
      canvas.draw(line, x: Float(margin), y: Float(y), subtitleStyle)
      y += subtitleStyle.lineHeight
    }
    for (index, tile) in tiles.enumerated() {
      let x = margin + index % columns * (side + gap)
      let y = top + index / columns * step
      let shown = Self.fitted(tile.picture, side)
      canvas.draw(shown, x: x + (side - shown.width) / 2, y: y + side - shown.height)
      let caption = captionStyle.shortened(tile.caption, to: Float(side))
      canvas.draw(caption, x: Float(x) + Float(side) / 2, y: Float(y + side + 3), captionStyle, .center)
    }
    return canvas.image
  }

  /// The picture with its longer side at `side` pixels.
  private static func fitted(_ picture: Image, _ side: Int) -> Image {
    let longer = max(picture.width, picture.height)
    func scaled(_ extent: Int) -> Int { max((extent * side + longer / 2) / longer, 1) }
    return picture.resized(width: scaled(picture.width), height: scaled(picture.height), .bilinear)
  }

  private static func columns(for count: Int) -> Int {
    Int((Double(max(count, 1)) * 4 / 3).squareRoot().rounded(.up))
  }
}
