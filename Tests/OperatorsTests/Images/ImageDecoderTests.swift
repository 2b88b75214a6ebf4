import GraphIR
import Operators
import Tensors
import Testing

/// Pictures written by hand.
@Suite("ImageDecoder")
struct ImageDecoderTests {
  private func decode(_ file: [UInt8], _ format: String = "RGB") throws -> Tensor {
    try call(
      "ImageDecoder", opset: 20, [.of([file.count], file)],
      attributes: ["pixel_format": .string(Array(format.utf8))])[0]
  }

  private func expectNothing(_ file: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try decode(file).shape.dimensions == [0, 0, 3], sourceLocation: sourceLocation)
  }

  private func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A BMP file; `start` is where its pixels are said to begin, right behind the header by default.
  private func bitmap(
    _ width: Int, _ height: Int, bits: Int, palette: [UInt8] = [], colors: Int = 0, start: Int? = nil,
    headerSize: Int = 40, compression: Int = 0, pixels: [UInt8]
  ) -> [UInt8] {
    let file = Array("BM".utf8) + littleEndian(0, 8) + littleEndian(start ?? 54 + palette.count, 4)
    let sizes = littleEndian(headerSize, 4) + littleEndian(width, 4) + littleEndian(height, 4)
    let kind = littleEndian(1, 2) + littleEndian(bits, 2) + littleEndian(compression, 4)
    return file + sizes + kind + littleEndian(0, 12) + littleEndian(colors, 4) + littleEndian(0, 4) + palette + pixels
  }

  private func pixels(_ tensor: Tensor) -> [UInt8] { tensor.elements(of: UInt8.self) }

  @Test("BMP of 24 and 32 bits and with a palette, from both ends")
  func bitmaps() throws {
    // Blue, green and red of each pixel; rows end at a multiple of four bytes.
    let rows: [UInt8] = [1, 2, 3, 0, 4, 5, 6, 0]
    let y = try decode(bitmap(1, 2, bits: 24, pixels: rows))
    #expect(y.shape.dimensions == [2, 1, 3] && pixels(y) == [6, 5, 4, 3, 2, 1])
    #expect(pixels(try decode(bitmap(1, -2, bits: 32, pixels: rows))) == [3, 2, 1, 6, 5, 4])
    #expect(pixels(try decode(bitmap(1, -2, bits: 32, pixels: rows), "BGR")) == [1, 2, 3, 4, 5, 6])
    let palette: [UInt8] = [0, 0, 0, 0, 10, 20, 30, 0]
    let indexed = bitmap(2, 1, bits: 8, palette: palette, colors: 2, pixels: [1, 0, 0, 0])
    #expect(pixels(try decode(indexed)) == [30, 20, 10, 0, 0, 0])
  }

  @Test("BMP with sizes that are not there")
  func badBitmaps() throws {
    let row: [UInt8] = [1, 2, 3, 0]
    try expectNothing(Array("BM".utf8))
    try expectNothing(bitmap(1, 2, bits: 24, pixels: row))
    try expectNothing(bitmap(1, 1, bits: 24, start: 0xffff_ffff, pixels: row))
    try expectNothing(bitmap(0, 1, bits: 24, pixels: row))
    try expectNothing(bitmap(1, 0, bits: 24, pixels: row))
    try expectNothing(bitmap(1, 1, bits: 8, pixels: row))
    try expectNothing(bitmap(1, 1, bits: 8, palette: [0, 0, 0, 0], colors: 1, pixels: row))
    try expectNothing(bitmap(1, 1, bits: 8, palette: [0, 0, 0, 0], colors: 1 << 31, pixels: row))
    for (width, height) in [(1 << 31, 1 << 30), (1, -1 << 31), (0xffff_ffff, 0x7fff_ffff)] {
      #expect(throws: OperatorError.self) { try decode(bitmap(width, height, bits: 24, pixels: row)) }
    }
    #expect(throws: OperatorError.self) { try decode(bitmap(1, 1, bits: 24, compression: 3, pixels: row)) }
    #expect(throws: OperatorError.self) { try decode(bitmap(1, 1, bits: 4, pixels: row)) }
    #expect(throws: OperatorError.self) { try decode(bitmap(1, 1, bits: 24, headerSize: 12, pixels: row)) }
  }

  @Test("PGM and PPM")
  func portable() throws {
    let gray = try decode(Array("P5 # a comment\n2\t1\n15\n".utf8) + [15, 5])
    #expect(gray.shape.dimensions == [1, 2, 3] && pixels(gray) == [255, 255, 255, 85, 85, 85])
    // 0.299 · 255 is 76.245.
    let red = try decode(Array("P6 1 1 255 ".utf8) + [255, 0, 0], "Grayscale")
    #expect(red.shape.dimensions == [1, 1, 1] && pixels(red) == [76])
    for text in [
      "P6", "P6 1", "P6 1 1 0 abc", "P6 2 1 255 abc", "P6 0 1 255 abc", "P6 1 1 255",
    ] {
      try expectNothing(Array(text.utf8))
    }
    for text in ["P3 1 1 255 0 0 0", "P7\n", "P5 1 1 65535 ab", "P5 99999 99999 255 a", "P5 99999999999 1 255 a"] {
      #expect(throws: OperatorError.self) { try decode(Array(text.utf8)) }
    }
  }

  @Test("Files that are no pictures, and formats that are left out")
  func others() throws {
    try expectNothing([])
    try expectNothing(Array("hello".utf8))
    try expectNothing([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    try expectNothing([0xff, 0xd8, 0xff, 0xd9])
    for start: [UInt8] in [
      [0x49, 0x49, 0x2a, 0], Array("RIFF....WEBP".utf8), [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20],
    ] {
      #expect(throws: OperatorError.self) { try decode(start) }
    }
    #expect(throws: OperatorError.self) { try decode([], "CMYK") }
    #expect(throws: OperatorError.self) { try call("ImageDecoder", opset: 20, [.counting(4)]) }
  }
}
