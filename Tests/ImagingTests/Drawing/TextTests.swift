import Testing

@testable import Imaging

@Suite struct TextTests {
  private let style = TextStyle(size: 20, color: .black)

  /// The picture of one line of text.
  private func picture(of text: String, size: Float = 24) -> Image {
    var canvas = Canvas(width: 36, height: 40, background: .white)
    canvas.draw(text, x: 8, y: 6, TextStyle(size: size, color: .black))
    return canvas.image
  }

  @Test func everyPrintableCharacterHasItsOwnShape() {
    var seen: [Image: Character] = [:]
    for code in 33...126 as ClosedRange<UInt8> {
      let character = Character(Unicode.Scalar(code))
      #expect(StrokeFont.contains(character), "\(character)")
      let image = picture(of: String(character))
      #expect(image.pixels.contains { $0 < 64 }, "\(character) is not drawn")
      #expect(seen[image] == nil, "\(character) looks like \(seen[image]!)")
      seen[image] = character
    }
    #expect(!StrokeFont.contains("é"))
    #expect(seen[picture(of: "é")] == nil && picture(of: "é") == picture(of: "漢"))
    #expect(picture(of: " ").pixels.allSatisfy { $0 == 255 })
  }

  @Test func glyphsStayWithinTheirLine() {
    for (character, _) in StrokeFont.descriptions {
      let glyph = StrokeFont.glyph(character)
      for point in glyph.segments.flatMap({ [$0.from, $0.to] }) {
        #expect(point.x >= -1 && point.x <= glyph.width + 1, "\(character)")
        #expect(point.y >= -StrokeFont.descent && point.y <= 16, "\(character)")
      }
    }
  }

  @Test func strokesHaveTheAskedWidthAndColor() {
    var canvas = Canvas(width: 9, height: 9, background: .white)
    canvas.stroke([.init(from: SIMD2(0, 4.5), to: SIMD2(9, 4.5))], width: 3, color: Color(10, 20, 30))
    for x in 0..<9 {
      for y in 0..<9 { #expect(canvas.image[x, y] == (3...5 ~= y ? Color(10, 20, 30) : .white), "\(x) \(y)") }
    }
  }

  @Test func whatLiesOutsideIsCutOff() {
    var canvas = Canvas(width: 5, height: 4, background: .white)
    canvas.fill(Rectangle(x: -3, y: -3, width: 4, height: 4), with: .black)
    #expect(canvas.image.pixels.filter { $0 == 0 }.count == 3)
    canvas.fill(Rectangle(x: 9, y: 9, width: 4, height: 4), with: .black)
    canvas.draw(Image(width: 10, height: 10, filledWith: .black), x: 4, y: -8)
    #expect(canvas.image.pixels.filter { $0 == 0 }.count == 3 + 6)
    canvas.draw("text", x: -500, y: -500, style)
    canvas.draw("text", x: 500, y: 1e9, style)
    #expect(canvas.image.pixels.filter { $0 == 0 }.count == 3 + 6)
  }

  @Test func longTextIsShortened() {
    let text = "Norwegian elkhound, elkhound"
    #expect(style.shortened(text, to: style.width(of: text)) == text)
    for width in stride(from: 30, to: style.width(of: text), by: 7) {
      let short = style.shortened(text, to: width)
      #expect(short.hasSuffix("…") && text.hasPrefix(short.dropLast()))
      #expect(style.width(of: short) <= width)
    }
    #expect(style.shortened("abc", to: 0) == "…")
  }

  @Test func longTextIsWrapped() {
    let text = "Score-CAM of a network with averyverylongnamewithoutanyspaceinit and so on"
    for width in [60, 100, 200, 2000] as [Float] {
      let lines = style.wrapped(text, to: width, maximumLines: 100)
      #expect(lines.allSatisfy { style.width(of: $0) <= width })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
      let two = style.wrapped(text, to: width, maximumLines: 2)
      #expect(two.count <= 2 && two[0] == lines[0])
      #expect(lines.count <= 2 || two[1].hasSuffix("…"))
    }
    #expect(style.wrapped("", to: 100, maximumLines: 2) == [])
    #expect(style.wrapped("abc", to: 0, maximumLines: 9).joined() == "abc")
  }
}
