/// Reads the primitives of the Protocol Buffers wire format from bytes; never passes their end.
///
/// - Source: Protocol Buffers documentation, "Encoding".
struct WireCursor {
  let bytes: UnsafeRawBufferPointer
  var position: Int

  /// Reads a number of up to 64 bits in up to `maximumLength` bytes; nil where it is longer or cut off.
  mutating func varint(maximumLength: Int = 10, end: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in 0..<maximumLength {
      guard position < end else { return nil }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) &<< (7 * UInt64(index))
      // The tenth byte has room for one bit.
      if byte < 0x80 { return index == 9 && byte > 1 ? nil : value }
    }
    return nil
  }

  /// Moves on; false where fewer bytes are left.
  mutating func skip(_ count: Int, end: Int) -> Bool {
    guard count <= end - position else { return false }
    position += count
    return true
  }

  /// The number of varints that `range` consists of; nil where one is longer than ten bytes or cut off.
  func varintCount(in range: Range<Int>) -> Int? {
    var count = 0
    var length = 0
    for index in range {
      length += 1
      if bytes[index] < 0x80 {
        count += 1
        length = 0
      } else if length == 10 {
        return nil
      }
    }
    return length == 0 ? count : nil
  }
}
