/// How large a picture may be before it is refused, checked against the header before any pixel is decoded.
public struct ImageLimits: Sendable, Hashable {
  /// The most pixels along a side.
  public var side: Int

  /// The most pixels in all.
  public var pixels: Int

  /// The most bytes of a file.
  public var fileBytes: Int

  /// The most passes of a progressive JPEG file over the picture; a small file can otherwise ask for hours of work.
  public var scans: Int

  public init(
    side: Int = 16_384, pixels: Int = 64 << 20, fileBytes: Int = 256 << 20, scans: Int = 500
  ) {
    self.side = side
    self.pixels = pixels
    self.fileBytes = fileBytes
    self.scans = scans
  }

  /// 16 384 pixels a side, 64 Mi pixels in all, files of 256 MiB.
  public static let standard = ImageLimits()

  /// - Throws: `ImageError` where a picture of this size is not allowed.
  func check(width: Int, height: Int) throws(ImageError) {
    guard width >= 1, height >= 1 else {
      throw ImageError(.malformed, "a picture of \(width)×\(height) pixels has no pixels")
    }
    guard width <= side, height <= side else {
      throw ImageError(.resourceLimit, "a picture of \(width)×\(height) pixels; at most \(side) a side are allowed")
    }
    guard width <= pixels / height else {
      throw ImageError(
        .resourceLimit, "a picture of \(width)×\(height) pixels; at most \(pixels) pixels in all are allowed")
    }
  }
}
