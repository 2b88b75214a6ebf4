import Foundation
import Tensors
import TestSupport
import Testing

/// The fixtures are NumPy's own files: `scripts/make-npy-fixtures` made them and says what they hold.
struct NpyFileTests {
  private func fixture(_ name: String) -> String { Checkout.fixture("npy/\(name).npy") }

  @Test func readsEveryType() throws {
    let counting = try Shape([2, 3, 4])
    func check<Element: TensorElement>(_ name: String, _ expected: (Int) -> Element) throws {
      let tensor = try NpyFile.read(fixture(name))
      #expect(tensor.shape == counting, "\(name)")
      #expect(tensor.elements(of: Element.self) == (0..<24).map(expected), "\(name)")
    }
    try check("little-f4") { Float($0 - 3) }
    try check("little-f8") { Double($0 - 3) }
    try check("little-f2") { Float16($0 - 3) }
    try check("one-i1") { Int8($0 - 3) }
    try check("little-i2") { Int16($0 - 3) }
    try check("little-i4") { Int32($0 - 3) }
    try check("little-i8") { Int64($0 - 3) }
    try check("big-f4") { Float($0 - 3) }
    try check("big-i2") { Int16($0 - 3) }
    try check("big-f8") { Double($0 - 3) }
    try check("u1") { UInt8($0) }
    try check("u2") { UInt16($0) }
    try check("u4") { UInt32($0) }
    try check("u8") { UInt64($0) }
    try check("bool") { $0 % 2 == 1 }
    try check("version-2") { Float($0 - 3) }
    try check("version-3") { Float($0 - 3) }
  }

  @Test func readsColumnMajorArrays() throws {
    let tensor = try NpyFile.read(fixture("column-major"))
    #expect(tensor.elements(of: Float.self) == (0..<24).map { Float($0 - 3) })
  }

  @Test func readsOtherRanks() throws {
    #expect(try NpyFile.read(fixture("scalar")).shape == .scalar)
    #expect(try NpyFile.read(fixture("scalar")).elements(of: Float.self) == [1.5])
    #expect(try NpyFile.read(fixture("vector")).shape.dimensions == [3])
    #expect(try NpyFile.read(fixture("empty")).shape.dimensions == [0, 5])
  }

  @Test(arguments: ["little-f4", "little-f8", "little-f2", "one-i1", "bool", "u8", "vector", "scalar", "empty"])
  func writesWhatNumPyWrites(_ name: String) throws {
    let folder = try TemporaryFolder()
    try NpyFile.write(try NpyFile.read(fixture(name)), to: folder.file("copy.npy"))
    let copy = FileManager.default.contents(atPath: folder.file("copy.npy"))
    #expect(copy != nil && copy == FileManager.default.contents(atPath: fixture(name)))
  }

  @Test(arguments: ["text", "records"])
  func refusesOtherTypes(_ name: String) {
    let error = #expect(throws: FileError.self) { try NpyFile.read(fixture(name)) }
    #expect(error?.kind == .unsupported)
  }

  @Test func refusesTypesThatNumPyLacks() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FileError.self) {
      try NpyFile.write(Tensor(scalar: BFloat16(1)), to: folder.file("b.npy"))
    }
    #expect(error?.kind == .unsupported)
    #expect(try folder.names == [])
  }

  @Test func refusesEveryOtherLength() throws {
    let folder = try TemporaryFolder()
    let whole = [UInt8](try #require(FileManager.default.contents(atPath: fixture("little-i2"))))
    for length in 0..<whole.count {
      let path = try folder.write(Array(whole[..<length]), to: "short.npy")
      let error = #expect(throws: FileError.self) { try NpyFile.read(path) }
      #expect(error?.kind == .malformed || error?.kind == .unsupported, "\(length)")
    }
    let path = try folder.write(whole + [0], to: "long.npy")
    #expect(throws: FileError.self) { try NpyFile.read(path) }
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1 }",
    "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ()} more",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'other': 1}",
    "{'descr': '", "{", "", "\u{0}",
  ])
  func refusesHeader(_ text: String) throws {
    let folder = try TemporaryFolder()
    let header: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
    let path = try folder.write(header + [0, 0, 0, 0], to: "bad.npy")
    let error = #expect(throws: FileError.self) { try NpyFile.read(path) }
    #expect(error?.kind == .malformed)
  }

  @Test func limitsTheSize() {
    let error = #expect(throws: FileError.self) { try NpyFile.read(fixture("little-f8"), maximumBytes: 191) }
    #expect(error?.kind == .resourceLimit)
  }

  @Test func refusesWhatIsNoFile() {
    for path in ["/dev/zero", "/", "/nowhere/at/all.npy"] {
      let error = #expect(throws: FileError.self) { try NpyFile.read(path) }
      #expect(error?.kind == .inputOutput)
    }
  }
}
