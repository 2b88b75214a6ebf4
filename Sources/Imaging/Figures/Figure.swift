/// A picture with what is needed to read it: a colour bar beside it and a caption below.
public struct Figure: Sendable {
  /// The text below a picture.
  public struct Caption: Sendable, Hashable {
    /// What is shown, such as the class; in heavier type.
    public var title: String
    /// How it came about: one paragraph each.
    public var details: [String]

    public init(title: String, details: [String] = []) {
      self.title = title
      self.details = details
    }
  }

  public var picture: Image
  /// The colours of the bar beside the picture, for values of 0 to 1; nil for none.
  public var colorBar: ColorMap?
  public var caption: Caption?

  public init(picture: Image, colorBar: ColorMap? = nil, caption: Caption? = nil) {
    self.picture = picture
    self.colorBar = colorBar
    self.caption = caption
  }

  /// The figure as one picture. The picture inside keeps its size; one whose longer side has fewer than
  /// ``minimumSide`` pixels is enlarged by a whole factor, so that the text beside it is in proportion.
  public func rendered() -> Image {
    let factor = max((Self.minimumSide + longerSide - 1) / longerSide, 1)
    let shown = picture.resized(width: picture.width * factor, height: picture.height * factor, .nearest)
    let type = Typography(side: min(max(shown.width, shown.height), 3 * min(shown.width, shown.height)))
    let barWidth = colorBar == nil ? 0 : type.margin + type.bar + type.barLabels
    let width = shown.width + barWidth + 2 * type.margin
    let lines = caption.map { type.lines(of: $0, width: width - 2 * type.margin) } ?? []
    let textHeight = lines.reduce(0) { $0 + $1.style.lineHeight }
    let height = shown.height + 2 * type.margin + textHeight

    var canvas = Canvas(width: width, height: height, background: Palette.paper)
    canvas.draw(shown, x: type.margin, y: type.margin)
    if let colorBar {
      let bar = Rectangle(
        x: 2 * type.margin + shown.width, y: type.margin, width: type.bar, height: shown.height)
      canvas.draw(colorBar, in: bar, type)
    }
    var y = shown.height + type.margin + type.margin * 3 / 4
    for line in lines {
      canvas.draw(line.text, x: Float(type.margin), y: Float(y), line.style)
      y += line.style.lineHeight
    }
    return canvas.image
  }

  /// The shortest longer side that a picture has in a figure.
  public static let minimumSide = 224

  private var longerSide: Int { max(picture.width, picture.height) }
}

/// The colours of everything that is not data.
enum Palette {
  static let paper = Color.white
  static let ink = Color(32, 33, 36)
  static let faint = Color(95, 99, 104)
  static let line = Color(189, 193, 198)
}

/// Sizes of text and gaps in proportion to a picture.
struct Typography {
  let title: TextStyle
  let detail: TextStyle
  let margin: Int
  let bar: Int

  /// - Parameter side: the pixels of the side that the sizes follow.
  init(side: Int) {
    let size = max(Float(side) / 26, 16)
    title = TextStyle(size: size * 1.1, color: Palette.ink, weight: 1.45)
    detail = TextStyle(size: size * 0.9, color: Palette.faint)
    margin = Int(size * 0.8)
    bar = Int(size)
  }

  /// Pixels to the right of a colour bar that its ticks and labels take.
  var barLabels: Int { Int(detail.width(of: "0.0") + detail.size * 0.7) }

  /// The lines of a caption: at most two for the title, and three for each paragraph.
  func lines(of caption: Figure.Caption, width: Int) -> [(text: String, style: TextStyle)] {
    title.wrapped(caption.title, to: Float(width), maximumLines: 2).map { ($0, title) }
      + caption.details.flatMap { paragraph in
        detail.wrapped(paragraph, to: Float(width), maximumLines: 3).map { ($0, detail) }
      }
  }
}

extension Canvas {
  /// Draws a vertical colour bar from 0 at the bottom to 1 at the top, with ticks and numbers to its right.
  fileprivate mutating func draw(_ colors: ColorMap, in area: Rectangle, _ type: Typography) {
    for row in 0..<area.height {
      let value = area.height > 1 ? 1 - Float(row) / Float(area.height - 1) : 1
      fill(Rectangle(x: area.x, y: area.y + row, width: area.width, height: 1), with: colors.color(at: value))
    }
    frame(area, with: Palette.line)
    let style = type.detail
    let steps = Float(area.height) > style.size * 9 ? 5 : Float(area.height) > style.size * 3 ? 2 : 1
    let tick = max(area.width / 4, 2)
    for step in 0...steps {
      let value = Float(step) / Float(steps)
      let y = Float(area.y) + (1 - value) * Float(area.height - 1)
      fill(Rectangle(x: area.x + area.width + 1, y: Int(y), width: tick, height: 1), with: Palette.faint)
      // The labels at both ends stay within the bar's height.
      let top = min(
        max(y - style.size * 0.45, Float(area.y) - style.size * 0.05), Float(area.y + area.height) - style.size * 0.8)
      let label = steps == 1 ? "\(step)" : "\(step * 10 / steps / 10).\(step * 10 / steps % 10)"
      draw(label, x: Float(area.x + area.width + tick) + style.size * 0.3, y: top, style)
    }
  }
}
