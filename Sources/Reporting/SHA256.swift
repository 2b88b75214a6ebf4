public import Kernels

/// The SHA-256 digest of bytes that come in pieces. Ours, since a cryptography package takes longer to build than all
/// of this project.
///
/// - Source: FIPS 180-4, sections 5.1.1, 5.3.3 and 6.2.
public struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Less than a block.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0
  private let compression: SHA256Compression

  /// - Precondition: this machine has the way of compression.
  public init(compression: SHA256Compression = .current) { self.compression = compression }

  /// The digest of `bytes` in lower-case hexadecimal digits.
  public static func hexDigest(of bytes: some Sequence<UInt8>) -> String {
    var hash = SHA256()
    hash.update(Array(bytes))
    return hash.finish()
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Takes in more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var start = 0
    if !pending.isEmpty {
      start = min(Self.blockSize - pending.count, bytes.count)
      pending.append(contentsOf: bytes[..<start])
      guard pending.count == Self.blockSize else { return }
      pending.withUnsafeBytes { compression.compress($0, into: &state) }
      pending.removeAll(keepingCapacity: true)
    }
    let end = bytes.count - (bytes.count - start) % Self.blockSize
    compression.compress(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), into: &state)
    pending.append(contentsOf: bytes[end...])
  }

  /// The digest of all bytes in lower-case hexadecimal digits.
  public consuming func finish() -> String {
    let bitCount = byteCount * 8
    var padding: [UInt8] = [0x80]
    while (pending.count + padding.count) % 64 != 56 { padding.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) { padding.append(UInt8(truncatingIfNeeded: bitCount >> shift)) }
    update(padding)
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static let blockSize = 64
}
