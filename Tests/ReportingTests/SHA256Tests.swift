import Kernels
import Reporting
import Testing

/// Digests of FIPS 180-2's examples and of what Python's hashlib says.
struct SHA256Tests {
  @Test(arguments: SHA256Compression.available)
  func matchesPublishedDigests(_ compression: SHA256Compression) {
    func digest(_ bytes: [UInt8]) -> String {
      var hash = SHA256(compression: compression)
      hash.update(bytes)
      return hash.finish()
    }
    #expect(digest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(digest(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      digest(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      digest([UInt8](repeating: 0x61, count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// Every length around the ends of blocks, where padding changes. The digest of the digests is what hashlib gives.
  @Test(arguments: SHA256Compression.available)
  func matchesAtEveryLength(_ compression: SHA256Compression) {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 151) }
    var all = SHA256(compression: compression)
    for length in 0...bytes.count {
      var hash = SHA256(compression: compression)
      hash.update(Array(bytes[..<length]))
      all.update(Array(hash.finish().utf8))
    }
    #expect(all.finish() == "2c94a8d3214393005e87521871ced80d168da420b192ec5b257b5a1b08715674")
  }

  @Test func doesNotDependOnThePieces() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for size in [1, 3, 63, 64, 65, 200] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        hash.update(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(hash.finish() == SHA256.hexDigest(of: bytes))
    }
  }
}
