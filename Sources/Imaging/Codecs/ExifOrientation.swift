/// Finds the EXIF tag Orientation in JPEG and PNG files. Anything out of place means that there is none.
///
/// Sources: CIPA DC-008 (EXIF 2.3), TIFF 6.0 section 2, ITU-T T.81 annex B, PNG third edition (chunk eXIf).
enum ExifOrientation {
  /// The orientation that a JPEG file's first APP1 segment with EXIF data gives.
  static func inJPEG(_ file: [UInt8]) -> Orientation? {
    var position = 2
    while position + 4 <= file.count, file[position] == 0xff {
      let marker = file[position + 1]
      switch marker {
      case 0xff:
        position += 1
      case 0x01, 0xd0...0xd8:
        position += 2
      case 0xd9, 0xda:
        return nil
      default:
        let length = Int(file[position + 2]) << 8 | Int(file[position + 3])
        guard length >= 2, length <= file.count - position - 2 else { return nil }
        let payload = file[position + 4..<position + 2 + length]
        if marker == 0xe1, payload.starts(with: prefix) { return inTIFF(payload.dropFirst(prefix.count)) }
        position += 2 + length
      }
    }
    return nil
  }

  /// The orientation that a PNG file's eXIf chunk gives.
  static func inPNG(_ file: [UInt8]) -> Orientation? {
    var position = 8
    while file.count - position >= 12 {
      let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - position - 12 else { return nil }
      if file[position + 4..<position + 8].elementsEqual("eXIf".utf8) {
        let payload = file[position + 8..<position + 8 + length]
        return inTIFF(payload.starts(with: prefix) ? payload.dropFirst(prefix.count) : payload)
      }
      position += 12 + length
    }
    return nil
  }

  /// What an EXIF segment of a JPEG file begins with.
  private static let prefix = Array("Exif\0\0".utf8)

  /// The tag's value in the first directory of a TIFF structure.
  private static func inTIFF(_ bytes: ArraySlice<UInt8>) -> Orientation? {
    let isLittleEndian: Bool
    switch Array(bytes.prefix(2)) {
    case Array("II".utf8): isLittleEndian = true
    case Array("MM".utf8): isLittleEndian = false
    default: return nil
    }
    /// The unsigned number of `count` bytes at `offset` from the TIFF header, nil where it lies outside.
    func number(at offset: Int, count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      let start = bytes.startIndex + offset
      let digits = bytes[start..<start + count]
      return isLittleEndian
        ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, count: 2) == 42, let directory = number(at: 4, count: 4),
      let entries = number(at: directory, count: 2)
    else { return nil }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = number(at: offset, count: 2), let type = number(at: offset + 2, count: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      // The value is a SHORT by the standard; some writers store a LONG.
      guard type == 3 || type == 4, let value = number(at: offset + 8, count: type == 3 ? 2 : 4) else { return nil }
      return Orientation(rawValue: value)
    }
    return nil
  }
}
