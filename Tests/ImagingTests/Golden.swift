import Foundation
import Imaging
import TestSupport

/// The expected values in `Fixtures/images`; `scripts/make-imaging-fixtures` makes them with Pillow and NumPy.
enum Golden {
  static func path(_ name: String) -> String { Checkout.fixture("images/\(name)") }

  static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

  static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(try bytes(name)))
  }

  /// 64-bit FNV-1a in hexadecimal digits, the checksum that the script writes.
  static func checksum(_ bytes: some Sequence<UInt8>) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// What Pillow makes of one file.
struct GoldenPicture: Decodable {
  var width: Int
  var height: Int
  var orientation: Int
  /// The pixels as stored.
  var rgb: Data
  /// The pixels the right way up, where that differs.
  var upright: Data?
}
