import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct DecodingTests {
  @Test func everyKindOfFileGivesPillowsPixels() throws {
    let pictures = try Golden.read("pictures.json", as: [String: GoldenPicture].self)
    #expect(pictures.count == 57)
    for (name, expected) in pictures {
      let stored = try Image.decode(contentsOf: Golden.path(name), ignoringOrientation: true)
      #expect(stored.image.width == expected.width && stored.image.height == expected.height, "\(name)")
      #expect(stored.image.pixels == Array(expected.rgb), "\(name)")
      #expect(stored.orientation.rawValue == expected.orientation, "\(name)")
      let upright = try Image.decode(contentsOf: Golden.path(name))
      #expect(upright.image.pixels == Array(expected.upright ?? expected.rgb), "\(name)")
    }
  }

  @Test func orientationSwapsTheSides() throws {
    for orientation in 1...8 {
      let decoded = try Image.decode(contentsOf: Golden.path("orientation-\(orientation).jpg"))
      #expect(decoded.image.width == (orientation < 5 ? 17 : 10))
      #expect(decoded.orientation == Orientation(rawValue: orientation))
      #expect((decoded.orientation.correction == nil) == (orientation == 1))
    }
  }

  @Test func clippedGreyLevelsAreSaid() throws {
    #expect(try Image.decode(contentsOf: Golden.path("gray-16.png")).warnings.count == 1)
    #expect(try Image.decode(contentsOf: Golden.path("rgb-16.png")).warnings.isEmpty)
  }

  @Test func whatIsEncodedDecodesToTheSame() throws {
    let image = try Image.decode(contentsOf: Golden.path("noise.png")).image
    #expect(try Image.decode(image.pngData()).image == image)
    let folder = try TemporaryFolder()
    try image.writePNG(to: folder.file("a.png"))
    #expect(try Image.decode(contentsOf: folder.file("a.png")).image == image)
    #expect(try folder.names == ["a.png"])
  }
}
