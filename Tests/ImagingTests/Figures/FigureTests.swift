import Imaging
import Testing

@Suite struct FigureTests {
  /// A picture whose every pixel differs from paper, ink and its neighbours.
  private func pattern(_ width: Int, _ height: Int, blue: UInt8 = 77) -> Image {
    Image(
      width: width, height: height,
      pixels: (0..<width * height).flatMap { [UInt8($0 % 251), UInt8($0 / 251 % 256), blue] })
  }

  /// Where `part` lies in `whole`, unscaled.
  private func position(of part: Image, in whole: Image) -> (x: Int, y: Int)? {
    for y in 0...max(whole.height - part.height, 0) {
      for x in 0...max(whole.width - part.width, 0) where whole[x, y] == part[0, 0] {
        if whole.cropped(x: x, y: y, width: part.width, height: part.height) == part { return (x, y) }
      }
    }
    return nil
  }

  @Test func thePictureIsInTheFigureUnchanged() throws {
    let picture = pattern(300, 100)
    let caption = Figure.Caption(title: "tabby, tabby cat", details: ["p = 0.62", "layer4"])
    let bare = Figure(picture: picture).rendered()
    let full = Figure(picture: picture, colorBar: .viridis, caption: caption).rendered()
    for figure in [bare, full] { #expect(try #require(position(of: picture, in: figure)).y > 0) }
    #expect(full.width > bare.width && full.height > bare.height)
  }

  @Test func theColorBarRunsFromBottomToTop() throws {
    let picture = pattern(224, 224)
    let figure = Figure(picture: picture, colorBar: .viridis).rendered()
    let start = try #require(position(of: picture, in: figure))
    let bar = try #require((start.x + 224..<figure.width).first { figure[$0, start.y] == ColorMap.viridis.colors[255] })
    #expect(figure[bar, start.y + 223] == ColorMap.viridis.colors[0])
    #expect(figure[bar, start.y + 112] == ColorMap.viridis.color(at: 1 - 112.0 / 223))
  }

  @Test func smallPicturesAreEnlarged() throws {
    let picture = pattern(32, 20)
    let figure = Figure(picture: picture).rendered()
    #expect(position(of: picture.resized(width: 224, height: 140, .nearest), in: figure) != nil)
    for (width, height) in [(1, 1), (1, 900), (900, 1)] {
      let figure = Figure(picture: pattern(width, height), colorBar: .jet, caption: .init(title: "x")).rendered()
      #expect(figure.width > width && figure.height > height)
    }
  }

  @Test func captionsAreDrawnBelowAndMakeRoom() {
    let picture = Image(width: 224, height: 100, filledWith: .white)
    let plain = Figure(picture: picture, caption: .init(title: "cat")).rendered()
    let long = Figure(
      picture: picture, caption: .init(title: String(repeating: "cat ", count: 50), details: ["a", "b", "c"])
    ).rendered()
    #expect(plain.width == long.width && plain.height < long.height)
    let inked = (0..<plain.height).filter { y in (0..<plain.width).contains { plain[$0, y].red < 100 } }
    #expect(inked.count > 5 && inked.allSatisfy { $0 > 100 })
    #expect(inked.allSatisfy { $0 < plain.height - 2 })
  }

  @Test(arguments: [(40, 10), (10, 40), (40, 40)])
  func cellsOfMontagesFollowThePictures(width: Int, height: Int) throws {
    let tiles = (0..<4).map { Montage.Tile(picture: pattern(width, height, blue: UInt8($0)), caption: "a") }
    let montage = Montage(title: "", tiles: tiles, side: 40, columns: 2).rendered()
    let found = try tiles.map { try #require(position(of: $0.picture, in: montage)) }
    // Narrow cells are as wide as three quarters of the side, for their captions.
    #expect(found[1].x - found[0].x == max(width, 30) + 12)
    let lineHeight = found[2].y - found[0].y - height - 12
    #expect((15...30).contains(lineHeight))
  }

  @Test func montagesShowEveryTile() throws {
    let tiles = (0..<7).map {
      Montage.Tile(picture: pattern(40, 30 + $0, blue: UInt8($0)), caption: "channel \($0) of many more")
    }
    let montage = Montage(title: "Channels", subtitle: "layer4", tiles: tiles, side: 40, columns: 3).rendered()
    var found: [(x: Int, y: Int)] = []
    for tile in tiles { found.append(try #require(position(of: tile.picture, in: montage))) }
    #expect(found[0].x == found[3].x && found[3].x == found[6].x)
    #expect(found[0].y < found[3].y && found[3].y < found[6].y)
    #expect(found[0].x < found[1].x && found[1].x < found[2].x)
    let empty = Montage(title: "Nothing", tiles: []).rendered()
    #expect(empty.width > 0 && empty.height > 0)
  }
}
