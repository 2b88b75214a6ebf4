import Imaging
import Testing

@Suite struct ImageResizingTests {
  private struct Case: Decodable {
    var filter: ResampleFilter
    var width: Int
    var height: Int
    var rgb: String
  }

  @Test func everyFilterAndSizeGivesPillowsPixels() throws {
    let noise = try Image.decode(contentsOf: Golden.path("noise.png")).image
    let cases = try Golden.read("resizing.json", as: [Case].self)
    #expect(cases.count == 75)
    for expected in cases {
      let result = noise.resized(width: expected.width, height: expected.height, expected.filter)
      #expect(result.width == expected.width && result.height == expected.height)
      #expect(
        Golden.checksum(result.pixels) == expected.rgb, "\(expected.filter) to \(expected.width)×\(expected.height)")
    }
  }
}
