import Imaging
import Tensors
import TestSupport
import Testing

/// JPEG files as the decoder, which is checked against Pillow, reads them back.
struct JPEGEncodingTests {
  private func meanDifference(_ left: Image, _ right: Image) -> Double {
    let sum = zip(left.pixels, right.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Double(sum) / Double(left.pixels.count)
  }

  @Test func decoderReadsThePictureBack() throws {
    let picture = try Image.decode(contentsOf: Checkout.fixture("shapes/fish-and-house.png")).image
    let fine = try picture.jpegData(quality: 95)
    let coarse = try picture.jpegData(quality: 30)
    let decoded = try Image.decode(fine)
    #expect(decoded.format == .jpeg)
    #expect((decoded.image.width, decoded.image.height) == (picture.width, picture.height))
    // Pillow 13 gives 3.20 at this quality without subsampling.
    #expect(abs(meanDifference(decoded.image, picture) - 3.2) < 0.05)
    #expect(coarse.count < fine.count)
    #expect(meanDifference(try Image.decode(coarse).image, picture) > meanDifference(decoded.image, picture))
  }

  /// Noise, which compresses badly, so that the file grows beyond every buffer; red, green and blue apart.
  @Test(arguments: [(1, 1), (7, 5), (700, 300)])
  func sizesAndColoursAreKept(width: Int, height: Int) throws {
    var random = SplitMix(state: 1)
    let noise = Image(
      width: width, height: height,
      pixels: (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: random.next() >> 40) })
    let decoded = try Image.decode(try noise.jpegData(quality: 100)).image
    #expect((decoded.width, decoded.height) == (width, height))
    #expect(meanDifference(decoded, noise) < 2)
  }

  @Test func tooLongSidesAreRefused() throws {
    #expect(throws: ImageError.self) { try Image(width: 65_501, height: 1).jpegData() }
  }
}
