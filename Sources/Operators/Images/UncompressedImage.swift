import Imaging

/// Readers of files that hold pixels as they are.
enum UncompressedImage {
  /// The picture in a BMP, PGM or PPM file; nil where the file is none of these or is damaged.
  ///
  /// - Throws: `unsupported` for other kinds of BMP and of the portable formats, `resourceLimit` for pictures of more
  ///   than 2²⁸ pixels.
  static func read(_ file: [UInt8]) throws(OperatorError) -> Image? {
    if file.starts(with: Array("BM".utf8)) { return try bitmap(file) }
    if file.first == UInt8(ascii: "P"), file.count > 2, (0x31...0x37).contains(file[1]) { return try portable(file) }
    return nil
  }

  private static let pixelLimit = 1 << 28

  private static func checkedPixelCount(_ width: Int, _ height: Int) throws(OperatorError) -> Int {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count <= pixelLimit else {
      throw .init(.resourceLimit, "a picture of \(width)×\(height) pixels has more than the \(pixelLimit) allowed")
    }
    return count
  }

  // MARK: BMP

  /// - Source: Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER.
  private static func bitmap(_ file: [UInt8]) throws(OperatorError) -> Image? {
    func number(_ offset: Int, _ bytes: Int) -> Int {
      (0..<bytes).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) }
    }
    guard file.count >= 54 else { return nil }
    let (start, headerSize) = (number(10, 4), number(14, 4))
    let (width, height) = (number(18, 4), Int(Int32(truncatingIfNeeded: number(22, 4))))
    let (bits, compression, colorCount) = (number(28, 2), number(30, 4), number(46, 4))
    guard headerSize >= 40 else { throw .unsupported("BMP pictures with a header of \(headerSize) bytes") }
    guard compression == 0, [8, 24, 32].contains(bits) else {
      throw .unsupported("BMP pictures of \(bits) bits a pixel and compression \(compression)")
    }
    guard width > 0, height != 0 else { return nil }
    let pixelCount = try checkedPixelCount(width, height.magnitude > UInt(pixelLimit) ? .max : abs(height))
    let rowBytes = (width * bits + 31) / 32 * 4
    let palette = 14 + headerSize
    let entries = colorCount == 0 ? 256 : colorCount
    guard start <= file.count, rowBytes * abs(height) <= file.count - start,
      bits != 8 || (entries <= 256 && palette + 4 * entries <= file.count)
    else { return nil }

    var pixels = [UInt8](repeating: 0, count: 3 * pixelCount)
    for row in 0..<abs(height) {
      // From the bottom up, where the height is positive.
      let source = start + (height > 0 ? height - 1 - row : row) * rowBytes
      for column in 0..<width {
        let pixel: Int
        if bits == 8 {
          let index = Int(file[source + column])
          guard index < entries else { return nil }
          pixel = palette + 4 * index
        } else {
          pixel = source + column * bits / 8
        }
        for channel in 0..<3 { pixels[3 * (row * width + column) + channel] = file[pixel + 2 - channel] }
      }
    }
    return Image(width: width, height: abs(height), pixels: pixels)
  }

  // MARK: Portable formats

  /// - Source: Netpbm's descriptions of pgm and ppm.
  private static func portable(_ file: [UInt8]) throws(OperatorError) -> Image? {
    let kind = file[1]
    guard kind == UInt8(ascii: "5") || kind == UInt8(ascii: "6") else {
      throw .unsupported("pictures in the portable format P\(UnicodeScalar(kind)); P5 and P6 are read")
    }
    var place = 2
    guard let width = number(file, &place), let height = number(file, &place), let largest = number(file, &place),
      width > 0, height > 0, largest > 0, largest < 1 << 16
    else { return nil }
    guard largest < 256 else { throw .unsupported("portable pictures of 16 bits a sample") }
    let channels = kind == UInt8(ascii: "6") ? 3 : 1
    let pixelCount = try checkedPixelCount(width, height)
    // A single white space stands before the samples.
    place += 1
    guard place <= file.count, pixelCount * channels <= file.count - place else { return nil }
    var pixels = [UInt8](repeating: 0, count: 3 * pixelCount)
    for index in pixels.indices {
      let sample = file[place + (channels == 3 ? index : index / 3)]
      let level = (Double(sample) / Double(largest) * 255).rounded(.toNearestOrEven)
      pixels[index] = UInt8(min(level, 255))
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// The decimal number behind white space and comments, at most 2³²; nil where there is none.
  private static func number(_ file: [UInt8], _ place: inout Int) -> Int? {
    while place < file.count {
      if file[place] == UInt8(ascii: "#") {
        while place < file.count, file[place] != 0x0a, file[place] != 0x0d { place += 1 }
      } else if file[place] == 0x20 || (0x09...0x0d).contains(file[place]) {
        place += 1
      } else {
        break
      }
    }
    var value: Int?
    while place < file.count, (0x30...0x39).contains(file[place]) {
      value = min((value ?? 0) * 10 + Int(file[place] - 0x30), 1 << 32)
      place += 1
    }
    return value
  }
}
