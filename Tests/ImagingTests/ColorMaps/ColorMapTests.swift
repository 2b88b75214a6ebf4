import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct ColorMapTests {
  /// `Fixtures/color-maps.json` holds matplotlib's tables; `scripts/make-rendering-fixtures` writes it.
  @Test func tablesAreThoseOfMatplotlib() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("color-maps.json")))
    let tables = try JSONDecoder().decode([String: String].self, from: data)
    #expect(tables.count == 6)
    for (name, digits) in tables {
      let colors = try #require(ColorMap.named(name)).colors
      try #require(colors.count == 256)
      let allowed = name == "plasma" ? 2 : name == "gray" ? 0 : 1
      for (index, color) in colors.enumerated() {
        let start = digits.index(digits.startIndex, offsetBy: 6 * index)
        let expected = try #require(Int(digits[start..<digits.index(start, offsetBy: 6)], radix: 16))
        for (level, shift) in [(color.red, 16), (color.green, 8), (color.blue, 0)] {
          #expect(abs(Int(level) - (expected >> shift & 0xff)) <= allowed, "\(name) \(index)")
        }
      }
    }
  }

  /// Rows of `jet(64)` as MATLAB's documentation prints them.
  @Test(arguments: [
    (1, 0, 0, 0.5625), (8, 0, 0, 1), (9, 0, 0.0625, 1), (24, 0, 1, 1), (25, 0.0625, 1, 0.9375), (40, 1, 1, 0),
    (56, 1, 0, 0), (64, 0.5, 0, 0),
  ])
  func jetIsThatOfMATLAB(row: Int, red: Double, green: Double, blue: Double) {
    func level(_ value: Double) -> UInt8 { UInt8((value * 255).rounded()) }
    #expect(ColorMap.jet(entries: 64).colors[row - 1] == Color(level(red), level(green), level(blue)))
  }

  @Test func valuesOutsideTakeTheEnds() {
    for map in ColorMap.all {
      #expect(map.color(at: -.infinity) == map.colors[0] && map.color(at: .nan) == map.colors[0])
      #expect(map.color(at: 7) == map.colors.last && map.color(at: 1) == map.colors.last)
      #expect(map.color(at: 0.5) == map.colors[128])
      #expect(map.color(at: Float(1).nextDown) == map.colors.last)
    }
    for entries in 1...9 { #expect(ColorMap.jet(entries: entries).colors.count == entries) }
    #expect(ColorMap.named("rainbow") == nil)
    #expect(ColorMap.names == ["jet", "turbo", "viridis", "inferno", "plasma", "magma", "gray"])
  }
}
