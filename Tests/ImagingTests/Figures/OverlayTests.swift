import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

@Suite struct OverlayTests {
  @Test func overlaysMixPhotographAndColors() {
    let photograph = Image(width: 2, height: 1, pixels: [10, 20, 30, 200, 100, 0])
    let map = HeatMap(width: 2, height: 1, values: [0, 1])
    let colors = ColorMap(name: "two", colors: [Color(0, 0, 255), Color(255, 1, 0)])
    // By hand: 0.75 · photograph + 0.25 · colour, half up.
    #expect(photograph.overlaid(with: map, colors, alpha: 0.25).pixels == [8, 15, 86, 214, 75, 0])
    #expect(photograph.overlaid(with: map, colors, alpha: 0).pixels == photograph.pixels)
    #expect(photograph.overlaid(with: map, colors, alpha: 9).pixels == [0, 0, 255, 255, 1, 0])
    #expect(photograph.overlaid(with: map, colors, alpha: .nan).pixels == photograph.pixels)
  }

  @Test func mapsCanCoverAPart() {
    let photograph = Image(width: 3, height: 1, pixels: [10, 20, 30, 200, 100, 0, 5, 5, 5])
    let map = HeatMap(width: 2, height: 1, values: [1, 0.5])
    #expect(
      map.placed(in: Rectangle(x: 1, y: 0, width: 2, height: 1), width: 3, height: 2).values == [0, 1, 0.5, 0, 0, 0])
    #expect(
      map.placed(in: Rectangle(x: -1, y: 1, width: 2, height: 1), width: 3, height: 2).values == [0, 0, 0, 0.5, 0, 0])
    let colors = ColorMap(name: "two", colors: [Color(0, 0, 255), Color(255, 1, 0)])
    // By hand: outside, 0.4 · photograph + 0.6 · white.
    let area = Rectangle(x: 1, y: 0, width: 1, height: 1)
    let one = HeatMap(width: 1, height: 1, values: [1])
    #expect(
      photograph.overlaid(with: one, colors, alpha: 1, in: area).pixels == [157, 161, 165, 255, 1, 0, 155, 155, 155])
  }

  @Test func mapsAreNormalized() {
    let map = HeatMap(width: 2, height: 2, values: [-1, 3, .nan, 1])
    #expect(map.normalized().values == [0, 1, 0, 0.5])
    #expect(HeatMap(width: 2, height: 1, values: [5, 5]).normalized().values == [0, 0])
    let extreme: Float = .greatestFiniteMagnitude
    #expect(HeatMap(width: 2, height: 1, values: [-extreme, extreme]).normalized().values == [0, 1])
    #expect(HeatMap(width: 1, height: 2, values: [0, 1]).resized(width: 1, height: 4).values == [0, 0.25, 0.75, 1])
  }

  private struct Golden: Decodable {
    var width: Int
    var height: Int
    var photograph: [UInt8]
    var values: [Float]
    var expected: [UInt8]
  }

  /// `scripts/make-rendering-fixtures` computes the expected pixels with NumPy.
  @Test func theArticlesRenderingIsThatOfNumPy() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("article-rendering.json")))
    let golden = try JSONDecoder().decode(Golden.self, from: data)
    let photograph = Image(width: golden.width, height: golden.height, pixels: golden.photograph)
    let map = HeatMap(width: golden.width, height: golden.height, values: golden.values)
    #expect(ArticleRendering.picture(of: photograph, with: map).pixels == golden.expected)
    let black = Image(width: 3, height: 2)
    let nothing = HeatMap(width: 1, height: 1, values: [0])
    #expect(ArticleRendering.picture(of: black, with: nothing) == black)
  }

  /// The second and third of four panels of 454 pixels, enlarged from 227.
  @Test(
    .enabled(if: Checkout.shared != nil, "no shared folder beside the checkout"),
    arguments: [
      (1, "matlab"), (2, "matlab-map"),
    ])
  func theArticlesPanelsLookTheSame(panel: Int, preset: String) throws {
    let shared = try #require(Checkout.shared)
    let article = try Image.decode(contentsOf: "\(shared)/expected/article.png").image
    let expected = article.cropped(x: 454 * panel, y: 0, width: 454, height: 454).resized(width: 227, height: 227, .box)
    let tensor = try NpyFile.read("\(shared)/expected/squeezenet1_1.cat_grass.\(preset).npy")
    let map = HeatMap(width: 227, height: 227, values: tensor.elements(of: Float.self))
    let photograph = try Image.decode(contentsOf: "\(shared)/images/cat_grass.png").image
    let drawn = ArticleRendering.picture(of: photograph.resized(width: 227, height: 227, .bicubic), with: map)
    let errors = zip(drawn.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
    #expect(errors.reduce(0, +) < 2 * errors.count)
    #expect(try #require(errors.max()) < 24)
  }
}
