import Imaging
import Tensors
import TestSupport
import Testing

@Suite struct DamagedFileTests {
  /// The error of decoding `file`, nil where it decodes.
  private func failure(_ file: [UInt8], limits: ImageLimits = .standard) -> ImageError? {
    do throws(ImageError) {
      _ = try Image.decode(file, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    "rgb-8.png", "palette-4-interlaced.png", "ycbcr-420.jpg", "progressive.jpg", "cmyk-adobe.jpg", "orientation-6.jpg",
  ])
  func aFileCutOffAnywhereIsRefused(name: String) throws {
    let file = try Golden.bytes(name)
    for length in 0..<file.count {
      let error = try #require(failure(Array(file[..<length])), "\(length) of \(file.count) bytes decode")
      #expect(error.kind == .malformed, "\(length) bytes: \(error)")
    }
  }

  @Test func otherFilesAreNamedSo() {
    for file in [[], [0x89], Array("GIF89a".utf8), Array("not a picture".utf8), [0xff, 0xd8]] {
      #expect(failure(file)?.description == "not a PNG or JPEG image")
    }
  }

  @Test func errorsNameTheFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("text".utf8), to: "a.png")
    #expect(throws: ImageError(.malformed, "\(path): not a PNG or JPEG image")) {
      try Image.decode(contentsOf: path)
    }
    do throws(ImageError) {
      _ = try Image.decode(contentsOf: folder.file("missing.png"))
      Issue.record("a missing file decodes")
    } catch {
      #expect(error.kind == .inputOutput)
      #expect(error.description.contains("missing.png"))
    }
    #expect(throws: ImageError.self) { try Image.decode(contentsOf: folder.path) }
  }

  /// Deterministic noise: changes bytes of valid files. Any outcome but a trap is fine, and sizes stay bounded.
  @Test(arguments: ["rgba-16-interlaced.png", "palette-2.png", "gray-key.png", "progressive.jpg", "ycck-adobe.jpg"])
  func changedBytesNeverTrap(name: String) throws {
    let file = try Golden.bytes(name)
    var state: UInt64 = 1
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let limits = ImageLimits(side: 2000, pixels: 1 << 20)
    var refused = 0
    for _ in 0..<400 {
      var changed = file
      for _ in 0...next() % 4 { changed[next() % file.count] = UInt8(next() & 0xff) }
      if failure(changed, limits: limits) != nil { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test func sizesAreCheckedBeforePixelsAreDecoded() throws {
    // The header of a 8-bit grey PNG of 2 000 000 000 × 2 000 000 000 pixels, and of 40 000 × 1.
    for (width, height) in [(2_000_000_000, 2_000_000_000), (40_000, 1)] {
      let error = try #require(failure(PNGHeader.file(width: width, height: height)))
      #expect(error.kind == .resourceLimit, "\(error)")
      #expect(error.description.contains("\(width)×\(height)"))
    }
    let few = ImageLimits(side: 100, pixels: 34 * 21)
    let error = try #require(failure(try Golden.bytes("gray.jpg"), limits: few))
    #expect(error.kind == .resourceLimit && error.description.contains("35×21"))
    #expect(failure(try Golden.bytes("gray.jpg"), limits: ImageLimits(side: 35, pixels: 35 * 21)) == nil)
    #expect(failure(try Golden.bytes("gray.jpg"), limits: ImageLimits(fileBytes: 100))?.kind == .resourceLimit)
  }

  @Test func scansAreBounded() throws {
    let file = try Golden.bytes("progressive.jpg")
    #expect(failure(file, limits: ImageLimits(scans: 2))?.kind == .resourceLimit)
    #expect(failure(file, limits: ImageLimits(scans: 20)) == nil)
  }

  @Test func exifDataThatPointOutsideAreIgnored() throws {
    let file = try Golden.bytes("orientation-6.jpg")
    let start = try #require(file.indices.first { file[$0...].starts(with: Array("Exif".utf8)) })
    // The directory's offset, the number of its entries, the tag's type, the byte order.
    for (offset, byte) in [(10, 0xff), (14, 0xff), (18, 0x7f), (6, 0x00)] as [(Int, UInt8)] {
      var changed = file
      changed[start + offset] = byte
      #expect(failure(changed) == nil)
      if offset != 14 { #expect(try Image.decode(changed).orientation == .upright, "\(offset)") }
    }
  }
}

/// Files that consist of a PNG header alone.
enum PNGHeader {
  static func file(width: Int, height: Int) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { stride(from: 24, through: 0, by: -8).map { UInt8(value >> $0 & 0xff) } }
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let body = Array(name.utf8) + content
      return number(content.count) + body + number(Int(crc(body)))
    }
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", number(width) + number(height) + [8, 0, 0, 0, 0]) + chunk("IDAT", [0x78, 0x9c])
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = .max
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~value
  }
}
