private import Glibc

func cosine(_ angle: Float) -> Float { cosf(angle) }
func sine(_ angle: Float) -> Float { sinf(angle) }

/// A picture to draw on. What falls outside is cut off.
struct Canvas {
  private(set) var image: Image

  /// - Precondition: `width` and `height` are positive.
  init(width: Int, height: Int, background: Color) {
    image = Image(width: width, height: height, filledWith: background)
  }

  /// Fills the pixels of a rectangle.
  mutating func fill(_ area: Rectangle, with color: Color) {
    for y in max(area.y, 0)..<max(min(area.y + area.height, image.height), max(area.y, 0)) {
      for x in max(area.x, 0)..<max(min(area.x + area.width, image.width), max(area.x, 0)) { image[x, y] = color }
    }
  }

  /// Draws a frame of one pixel around the outside of a rectangle.
  mutating func frame(_ area: Rectangle, with color: Color) {
    fill(Rectangle(x: area.x - 1, y: area.y - 1, width: area.width + 2, height: 1), with: color)
    fill(Rectangle(x: area.x - 1, y: area.y + area.height, width: area.width + 2, height: 1), with: color)
    fill(Rectangle(x: area.x - 1, y: area.y, width: 1, height: area.height), with: color)
    fill(Rectangle(x: area.x + area.width, y: area.y, width: 1, height: area.height), with: color)
  }

  /// Copies a picture with its top left pixel to (`x`, `y`).
  mutating func draw(_ picture: Image, x: Int, y: Int) {
    let columns = max(x, 0)..<max(min(x + picture.width, image.width), max(x, 0))
    let rows = max(y, 0)..<max(min(y + picture.height, image.height), max(y, 0))
    let width = image.width
    image.withMutablePixels { target in
      picture.pixels.withUnsafeBufferPointer { source in
        for row in rows {
          let from = 3 * ((row - y) * picture.width + columns.lowerBound - x)
          let to = 3 * (row * width + columns.lowerBound)
          for index in 0..<3 * columns.count { target[to + index] = source[from + index] }
        }
      }
    }
  }

  /// Draws straight strokes with a round pen of `width` pixels, smoothed over one pixel at the edge. Coordinates are
  /// in pixels, (0, 0) the corner of the top left one. Strokes that cross do not get darker there.
  mutating func stroke(_ segments: [StrokeFont.Segment], width: Float, color: Color) {
    guard let first = segments.first else { return }
    var (low, high) = (first.from, first.from)
    for segment in segments {
      low = pointwiseMin(low, pointwiseMin(segment.from, segment.to))
      high = pointwiseMax(high, pointwiseMax(segment.from, segment.to))
    }
    let reach = width / 2 + 1
    let columns = Self.pixels(low.x - reach, high.x + reach, image.width)
    let rows = Self.pixels(low.y - reach, high.y + reach, image.height)
    for y in rows {
      for x in columns {
        let center = SIMD2(Float(x) + 0.5, Float(y) + 0.5)
        var nearest = Float.infinity
        for segment in segments { nearest = min(nearest, Self.squaredDistance(center, segment)) }
        let coverage = min(max(width / 2 + 0.5 - nearest.squareRoot(), 0), 1) * min(width, 1)
        if coverage > 0 { image[x, y] = image[x, y].mixed(with: color, share: coverage) }
      }
    }
  }

  /// The pixels from `low` to `high` that lie on a side of `side` pixels.
  private static func pixels(_ low: Float, _ high: Float, _ side: Int) -> Range<Int> {
    let start = Int(min(max(low, 0), Float(side)))
    return start..<max(Int(min(max(high.rounded(.up), 0), Float(side))), start)
  }

  private static func squaredDistance(_ point: SIMD2<Float>, _ segment: StrokeFont.Segment) -> Float {
    let along = segment.to - segment.from
    let offset = point - segment.from
    let length = (along * along).sum()
    let position = length > 0 ? min(max((offset * along).sum() / length, 0), 1) : 0
    let gap = offset - along * position
    return (gap * gap).sum()
  }
}

extension Color {
  /// This colour with a share of 0 to 1 of another, rounded half up.
  func mixed(with other: Color, share: Float) -> Color {
    func mix(_ own: UInt8, _ other: UInt8) -> UInt8 {
      let (own, other) = (Float(own), Float(other))
      return UInt8(own + (other - own) * share + 0.5)
    }
    return Color(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }
}
