import Foundation
import Tensors
import TestSupport
import Testing

/// The fixtures are NumPy's own files: `scripts/make-npy-fixtures` made them and says what they hold.
struct NpzFileTests {
  private let path = Checkout.fixture("npy/arrays.npz")

  @Test func readsArraysByName() throws {
    let file = try NpzFile(path)
    #expect(file.names == ["logits", "/conv/Conv_output_0"])
    let logits = try file.read("logits")
    #expect(logits.shape == (try Shape([2, 3, 4])))
    #expect(logits.elements(of: Float.self) == (0..<24).map { Float($0 - 3) })
    #expect(try file.read("/conv/Conv_output_0").elements(of: Int64.self) == [0, 1, 2])
    let error = #expect(throws: FileError.self) { try file.read("features") }
    #expect(error?.kind == .mismatched)
  }

  @Test func compressedArraysAreRefused() {
    let error = #expect(throws: FileError.self) { try NpzFile(Checkout.fixture("npy/compressed.npz")) }
    #expect(error?.kind == .unsupported)
  }

  @Test func otherFilesAreRefused() throws {
    let error = #expect(throws: FileError.self) { try NpzFile(Checkout.fixture("npy/vector.npy")) }
    #expect(error?.kind == .malformed)
  }

  /// Each byte of the archive inverted, and the archive cut off after each: an error or other elements, never a trap.
  @Test func damagedArchivesDoNotTrap() throws {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let folder = try TemporaryFolder()
    func read(_ bytes: [UInt8]) throws -> Bool {
      let damaged = try folder.write(bytes, to: "damaged.npz")
      do {
        let file = try NpzFile(damaged)
        for name in file.names { _ = try file.read(name) }
        return true
      } catch {
        return false
      }
    }
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0xff
      _ = try read(damaged)
    }
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(try read(Array(bytes[..<count])) == false)
    }
  }
}
