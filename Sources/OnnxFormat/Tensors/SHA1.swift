/// The SHA-1 digest of bytes that come in pieces of whole blocks, the last one apart. Of use against damage alone: two
/// files of one digest can be made.
///
/// - Source: FIPS 180-4, sections 5.1.1, 5.3.1 and 6.1.
struct SHA1 {
  /// The bytes of a block.
  static let blockSize = 64

  private var state: SIMD8<UInt32> = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0, 0, 0, 0]
  private var byteCount: UInt64 = 0

  /// Takes in more bytes.
  ///
  /// - Precondition: there is a whole number of blocks.
  mutating func update(_ blocks: UnsafeRawBufferPointer) {
    precondition(blocks.count % Self.blockSize == 0)
    byteCount += UInt64(blocks.count)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      for start in stride(from: 0, to: blocks.count, by: Self.blockSize) {
        for index in 0..<16 {
          words[index] = UInt32(bigEndian: blocks.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self))
        }
        compress(words)
      }
    }
  }

  /// The digest of what was taken in and of `rest`, which is less than a block, in lower-case hexadecimal digits.
  consuming func finish(_ rest: UnsafeRawBufferPointer) -> String {
    precondition(rest.count < Self.blockSize)
    let bitCount = (byteCount + UInt64(rest.count)) * 8
    var padded = Array(rest) + [0x80]
    while padded.count % Self.blockSize != Self.blockSize - 8 { padded.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) { padded.append(UInt8(truncatingIfNeeded: bitCount >> shift)) }
    padded.withUnsafeBytes { update($0) }
    return (0..<5).map { index in
      let digits = String(state[index], radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// Takes in a block of sixteen words, and makes the other words of it.
  private mutating func compress(_ words: UnsafeMutableBufferPointer<UInt32>) {
    for index in 16..<80 {
      words[index] = Self.rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], by: 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for index in 0..<80 {
      let (mixed, constant): (UInt32, UInt32) =
        switch index {
        case ..<20: (b & c | ~b & d, 0x5a82_7999)
        case ..<40: (b ^ c ^ d, 0x6ed9_eba1)
        case ..<60: (b & c | b & d | c & d, 0x8f1b_bcdc)
        default: (b ^ c ^ d, 0xca62_c1d6)
        }
      let next = Self.rotated(a, by: 5) &+ mixed &+ e &+ constant &+ words[index]
      (a, b, c, d, e) = (next, a, Self.rotated(b, by: 30), c, d)
    }
    state = state &+ [a, b, c, d, e, 0, 0, 0]
  }

  private static func rotated(_ word: UInt32, by count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
