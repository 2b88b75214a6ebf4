/// How text is set: size and colour.
struct TextStyle: Hashable {
  /// Pixels from the top of an ascender to the bottom of a descender.
  var size: Float
  var color: Color
  /// The pen's width in relation to the typeface's own.
  var weight: Float = 1.1

  /// Pixels from one baseline to the next.
  var lineHeight: Int { Int((size * 1.3).rounded(.up)) }

  fileprivate var scale: Float { size / StrokeFont.unitsPerSize }

  /// The width of a line of text in pixels.
  func width(of text: some StringProtocol) -> Float {
    let units = text.reduce(0) { $0 + StrokeFont.glyph($1).width + StrokeFont.spacing }
    return max(units - StrokeFont.spacing, 0) * scale + pen
  }

  fileprivate var pen: Float { max(StrokeFont.weight * scale, 1) * weight }

  /// The text cut to `width` pixels, with an ellipsis where something is left out.
  func shortened(_ text: String, to width: Float) -> String {
    if self.width(of: text) <= width { return text }
    var kept = text
    while !kept.isEmpty, self.width(of: kept + "…") > width { kept.removeLast() }
    while kept.last == " " || kept.last == "," { kept.removeLast() }
    return kept + "…"
  }

  /// The text in lines of at most `width` pixels, broken at spaces and in words that are too long; the last of
  /// `maximumLines` is shortened.
  func wrapped(_ text: String, to width: Float, maximumLines: Int) -> [String] {
    var lines: [String] = []
    var words = text.split(separator: " ").map(String.init)[...]
    while let word = words.popFirst() {
      if lines.count == maximumLines - 1 {
        lines.append(shortened(([word] + words).joined(separator: " "), to: width))
        return lines
      }
      var line = word
      if self.width(of: line) > width {
        while line.count > 1, self.width(of: line) > width { line.removeLast() }
        if line.count < word.count { words = [String(word.dropFirst(line.count))] + words }
      } else {
        while let next = words.first, self.width(of: "\(line) \(next)") <= width {
          line += " \(next)"
          words = words.dropFirst()
        }
      }
      lines.append(line)
    }
    return lines
  }
}

extension Canvas {
  /// Where a line of text lies in relation to its x coordinate.
  enum Alignment { case left, center, right }

  /// Draws a line of text whose type begins at `y` pixels from the top.
  mutating func draw(_ text: String, x: Float, y: Float, _ style: TextStyle, _ alignment: Alignment = .left) {
    let width = style.width(of: text)
    let shift: Float =
      switch alignment {
      case .left: 0
      case .center: -width / 2
      case .right: -width
      }
    // Baselines lie on whole pixels, so that horizontal strokes have the same sharpness in every line.
    let baseline = (y + StrokeFont.ascent * style.scale).rounded() - 0.5
    var left = x + shift + style.pen / 2
    for character in text {
      let glyph = StrokeFont.glyph(character)
      let origin = SIMD2(left, baseline)
      let scale = SIMD2(style.scale, -style.scale)
      stroke(
        glyph.segments.map { .init(from: origin + $0.from * scale, to: origin + $0.to * scale) }, width: style.pen,
        color: style.color)
      left += (glyph.width + StrokeFont.spacing) * style.scale
    }
  }
}
