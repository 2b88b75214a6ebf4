import Foundation
import Imaging

/// A photograph of bounded size as it stands in a page.
struct PagePhotograph {
  let width: Int
  let height: Int

  /// What the network saw of it.
  let area: Rectangle

  /// The picture as a `data:` address.
  let address: String

  private static let longestSide = 1280
  /// The most bytes for which a PNG file, which keeps every pixel, is taken.
  private static let losslessLimit = 500_000

  init(_ canvas: ExplanationCanvas) throws {
    let photograph = canvas.photograph
    let scale = min(1, Double(Self.longestSide) / Double(max(photograph.width, photograph.height)))
    func scaled(_ extent: Int) -> Int { Int((Double(extent) * scale).rounded()) }
    width = max(1, scaled(photograph.width))
    height = max(1, scaled(photograph.height))
    let seen = canvas.visibleArea
    area = Rectangle(
      x: scaled(seen.x), y: scaled(seen.y), width: max(1, scaled(seen.width)), height: max(1, scaled(seen.height)))
    let picture = photograph.resized(width: width, height: height, .bilinear)
    let lossless = try picture.pngData()
    if lossless.count <= Self.losslessLimit {
      address = "data:image/png;base64,\(Data(lossless).base64EncodedString())"
    } else {
      address = "data:image/jpeg;base64,\(Data(try picture.jpegData(quality: 88)).base64EncodedString())"
    }
  }
}
