/// A typeface of strokes: every glyph is a few straight lines and elliptic arcs, drawn with a round pen.
///
/// The grid has its origin on the baseline at a glyph's left edge, y upwards. Capitals and digits are 14 units high,
/// small letters 10, or 15 with an ascender; descenders reach −4.4. The design is this project's own.
enum StrokeFont {
  /// A straight piece of a glyph's outline.
  struct Segment: Hashable {
    var from: SIMD2<Float>
    var to: SIMD2<Float>
  }

  struct Glyph {
    var width: Float
    var segments: [Segment]
  }

  /// Grid units of the height of a line's type, ascender to descender; a text size in pixels is so many units.
  static let unitsPerSize: Float = 20
  static let ascent: Float = 15.5
  static let descent: Float = 4.5
  /// Between two glyphs.
  static let spacing: Float = 3
  /// The pen's width.
  static let weight: Float = 1.55

  /// The glyph of a character; a box for those without one.
  static func glyph(_ character: Character) -> Glyph { glyphs[character] ?? replacement }

  /// Whether the typeface has the character.
  static func contains(_ character: Character) -> Bool { glyphs[character] != nil }

  private static let replacement = parse("8 | 0,0 8,0 8,14 0,14 0,0")
  private static let glyphs = descriptions.mapValues(parse)

  /// Reads a glyph: its width and then strokes, with bars between them. A stroke is a polyline of `x,y` points, an arc
  /// `@x,y,rx,ry,from,to` in degrees counterclockwise, or a dot `.x,y`.
  private static func parse(_ description: String) -> Glyph {
    let parts = description.split(separator: "|").map { $0.split(separator: " ") }
    var segments: [Segment] = []
    func numbers(_ text: Substring) -> [Float] { text.split(separator: ",").map { Float($0)! } }
    for part in parts.dropFirst() where !part.isEmpty {
      switch part[0].first {
      case "@":
        let arc = numbers(part[0].dropFirst())
        segments += self.arc(SIMD2(arc[0], arc[1]), SIMD2(arc[2], arc[3]), from: arc[4], to: arc[5])
      case ".":
        let dot = numbers(part[0].dropFirst())
        segments += arc(SIMD2(dot[0], dot[1]), SIMD2(0.4, 0.4), from: 0, to: 360)
      default:
        let points = part.map { point in
          let pair = numbers(point)
          return SIMD2(pair[0], pair[1])
        }
        segments += zip(points, points.dropFirst()).map { Segment(from: $0, to: $1) }
      }
    }
    return Glyph(width: Float(parts[0][0])!, segments: segments)
  }

  /// An arc as straight pieces of at most 15 degrees.
  private static func arc(_ center: SIMD2<Float>, _ radii: SIMD2<Float>, from: Float, to: Float) -> [Segment] {
    let count = max(Int((abs(to - from) / 15).rounded(.up)), 1)
    let points = (0...count).map { step in
      let angle = (from + (to - from) * Float(step) / Float(count)) * .pi / 180
      return center + radii * SIMD2(cosine(angle), sine(angle))
    }
    return zip(points, points.dropFirst()).map { Segment(from: $0, to: $1) }
  }
}
