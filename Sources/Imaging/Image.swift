/// A picture of 8-bit RGB pixels, row by row from the top left.
public struct Image: Sendable, Hashable {
  /// Pixels a row, at least 1.
  public let width: Int

  /// Rows, at least 1.
  public let height: Int

  /// Red, green and blue of each pixel in turn: `height` × `width` × 3 bytes.
  public private(set) var pixels: [UInt8]

  /// - Precondition: `width` and `height` are positive and `pixels` holds 3 bytes a pixel.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  ///
  /// - Precondition: `width` and `height` are positive.
  public init(width: Int, height: Int, filledWith color: Color = .black) {
    precondition(width > 0 && height > 0)
    self.init(width: width, height: height) { pixels in
      for index in 0..<width * height {
        pixels[3 * index] = color.red
        pixels[3 * index + 1] = color.green
        pixels[3 * index + 2] = color.blue
      }
    }
  }

  /// A picture whose bytes, 0 at first, `body` writes.
  init<Failure: Error>(
    width: Int, height: Int, writing body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    try pixels.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in try body(buffer) }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// The colour of the pixel in column `x` and row `y`, counted from the top left.
  ///
  /// - Precondition: the pixel lies inside of the picture.
  public subscript(x: Int, y: Int) -> Color {
    get {
      let index = offset(x, y)
      return Color(pixels[index], pixels[index + 1], pixels[index + 2])
    }
    set {
      let index = offset(x, y)
      pixels[index] = newValue.red
      pixels[index + 1] = newValue.green
      pixels[index + 2] = newValue.blue
    }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel (\(x), \(y)) outside of \(width)×\(height)")
    return 3 * (y * width + x)
  }

  /// Calls `body` with the bytes to change in place.
  mutating func withMutablePixels<Result>(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Result) -> Result {
    pixels.withUnsafeMutableBufferPointer { body($0) }
  }

  /// The rectangle whose top left pixel is (`x`, `y`); what lies outside of the picture is black.
  ///
  /// - Precondition: `width` and `height` are positive.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    precondition(width > 0 && height > 0)
    let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
    let rows = max(y, 0)..<max(min(y + height, self.height), max(y, 0))
    return Image(width: width, height: height) { target in
      guard !columns.isEmpty else { return }
      pixels.withUnsafeBufferPointer { source in
        for row in rows {
          let from = 3 * (row * self.width + columns.lowerBound)
          let to = 3 * ((row - y) * width + columns.lowerBound - x)
          for index in 0..<3 * columns.count { target[to + index] = source[from + index] }
        }
      }
    }
  }
}
