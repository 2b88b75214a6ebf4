/// How a stored picture is to be turned and mirrored for display. Raw values are those of the EXIF tag Orientation.
public enum Orientation: Int, Sendable, Hashable, CaseIterable {
  case upright = 1
  case mirrored = 2
  case rotated180 = 3
  case flipped = 4
  case transposed = 5
  case rotated90Clockwise = 6
  case transverse = 7
  case rotated90Counterclockwise = 8

  /// What was done to show the picture upright, for a message; nil where nothing had to be.
  public var correction: String? {
    switch self {
    case .upright: nil
    case .mirrored: "mirrored left to right"
    case .rotated180: "rotated by 180°"
    case .flipped: "mirrored top to bottom"
    case .transposed: "mirrored along the main diagonal"
    case .rotated90Clockwise: "rotated by 90° clockwise"
    case .transverse: "mirrored along the other diagonal"
    case .rotated90Counterclockwise: "rotated by 90° counterclockwise"
    }
  }

  /// Whether rows become columns.
  var swapsSides: Bool { rawValue >= 5 }
}

extension Image {
  /// The picture as it is to be shown when it was stored with `orientation`.
  public func upright(from orientation: Orientation) -> Image {
    if orientation == .upright { return self }
    let (sourceWidth, sourceHeight) = (width, height)
    let width = orientation.swapsSides ? sourceHeight : sourceWidth
    let height = orientation.swapsSides ? sourceWidth : sourceHeight
    // The source index of the first target pixel, and its steps along a target row and column.
    let last = (x: sourceWidth - 1, y: sourceHeight - 1)
    let (startX, startY) =
      switch orientation {
      case .upright, .transposed: (0, 0)
      case .mirrored, .rotated90Counterclockwise: (last.x, 0)
      case .rotated180, .transverse: (last.x, last.y)
      case .flipped, .rotated90Clockwise: (0, last.y)
      }
    let alongX = startX == 0 ? 1 : -1
    let alongY = startY == 0 ? sourceWidth : -sourceWidth
    let (column, row) = orientation.swapsSides ? (alongY, alongX) : (alongX, alongY)
    return Image(width: width, height: height) { target in
      pixels.withUnsafeBufferPointer { source in
        var to = 0
        for y in 0..<height {
          var from = 3 * (startY * sourceWidth + startX + y * row)
          for _ in 0..<width {
            target[to] = source[from]
            target[to + 1] = source[from + 1]
            target[to + 2] = source[from + 2]
            to += 3
            from += 3 * column
          }
        }
      }
    }
  }
}
