import Foundation
import GraphIR
import Tensors
import TestSupport
import Testing

@testable import OnnxFormat

struct ExternalDataTests {
  private typealias Wire = WireBytes

  /// A model whose initializer `w` is `count` bytes of external data.
  private func model(_ entries: [(String, String)], count: Int = 4) -> [UInt8] {
    let external = entries.flatMap { Wire.field(13, Wire.field(1, $0) + Wire.field(2, $1)) }
    let tensor = Wire.field(1, UInt64(count)) + Wire.field(2, 2) + Wire.field(8, "w") + external + Wire.field(14, 1)
    return Wire.model(graph: Wire.field(5, tensor) + Wire.relu)
  }

  private func weights(_ model: Model) throws -> Tensor {
    try #require(model.graph.value(named: "w").flatMap { model.graph.initializers[$0] })
  }

  @Test func readsWhatOnnxWrites() throws {
    let graph = try ModelReader.read(contentsOf: Checkout.fixture("models/external.onnx")).graph
    let aligned = try #require(graph.value(named: "aligned").flatMap { graph.initializers[$0] })
    #expect(aligned.elements(of: Float.self) == (0..<12).map { Float($0) })
    let odd = try #require(graph.value(named: "odd").flatMap { graph.initializers[$0] })
    #expect(odd.elements(of: Int64.self) == [0, 1, 2])
  }

  @Test func readsBelowTheFolder() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("a/b"), withIntermediateDirectories: true)
    try folder.write([1, 2, 3, 4, 5, 6], to: "a/b/data")
    let located = model([("location", "a/b/data"), ("offset", "1")])
    #expect(
      try weights(ModelReader.read(bytes: located, folder: folder.path)).elements(of: UInt8.self) == [2, 3, 4, 5])
    // A file beside a model that is named without a folder.
    let path = try folder.write(located, to: "model.onnx")
    #expect(try weights(ModelReader.read(contentsOf: path)).elements(of: UInt8.self) == [2, 3, 4, 5])
  }

  /// Of the file, not of the tensor's bytes alone; digests by Python's hashlib.
  @Test func checksumsAreVerified() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3, 4, 5, 6], to: "data")
    let digest = "5d211bad8f4ee70e16c7d343a838fc344a1ed961"
    for checksum in [digest, digest.uppercased()] {
      let bytes = model([("location", "data"), ("offset", "1"), ("checksum", checksum)])
      #expect(
        try weights(ModelReader.read(bytes: bytes, folder: folder.path)).elements(of: UInt8.self) == [2, 3, 4, 5])
    }
    for checksum in ["", "0", digest.replacing("5d", with: "00"), digest.replacing("5d", with: "0g"), digest + "00"] {
      let error = #expect(throws: ModelError.self, "\(checksum)") {
        try ModelReader.read(bytes: model([("location", "data"), ("checksum", checksum)]), folder: folder.path)
      }
      #expect(error?.code == .externalData)
    }
  }

  /// Bytes 0, 1, …, 255, 0, … around the edges of a block; digests by Python's hashlib.
  @Test(arguments: [
    (0, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    (1, "5ba93c9db0cff93f52b521d7420e43f6eda2784f"),
    (55, "8ae2d46729cfe68ff927af5eec9c7d1b66d65ac2"),
    (56, "636e2ec698dac903498e648bd2f3af641d3c88cb"),
    (63, "6d942da0c4392b123528f2905c713a3ce28364bd"),
    (64, "c6138d514ffa2135bfce0ed0b8fac65669917ec7"),
    (65, "69bd728ad6e13cd76ff19751fde427b00e395746"),
    (1000, "af0b191c2de46fe13fe0908f5a6a4e90e0cafc46"),
    (100_000, "0b2dbe11b251d595b35eb42fe85b3a3e15767aa0"),
  ])
  func digestsAreThoseOfOthers(_ count: Int, _ digest: String) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let found = bytes.withUnsafeBytes { bytes in
      var hash = SHA1()
      let whole = count / 64 * 64
      hash.update(UnsafeRawBufferPointer(rebasing: bytes[..<(whole / 128 * 64)]))
      hash.update(UnsafeRawBufferPointer(rebasing: bytes[(whole / 128 * 64)..<whole]))
      return hash.finish(UnsafeRawBufferPointer(rebasing: bytes[whole...]))
    }
    #expect(found == digest)
  }

  @Test func anEmptyTensorNeedsNoBytes() throws {
    let folder = try TemporaryFolder()
    try folder.write([], to: "data")
    let bytes = model([("location", "data"), ("length", "0")], count: 0)
    #expect(try weights(ModelReader.read(bytes: bytes, folder: folder.path)).count == 0)
  }

  @Test(arguments: [
    [("location", "/etc/passwd")], [("location", "../data")], [("location", "sub/../data")], [("location", "")],
    [("location", "sub//data")], [("location", "sub")], [("location", "absent")], [("location", "pipe")],
    [("location", "link")], [("location", "linked-folder/inner")], [("location", "hard")], [("location", "data/x")],
    [("location", "data"), ("offset", "-1")], [("location", "data"), ("offset", "7")],
    [("location", "data"), ("offset", "9223372036854775807")], [("location", "data"), ("offset", "1e3")],
    [("location", "data"), ("offset", "99999999999999999999")], [("location", "data"), ("length", "5")],
    [("location", "data"), ("length", "-4")], [("location", "data"), ("basepath", "/")],
    [("location", "data"), ("location", "data")], [("offset", "0")], [],
  ])
  func refuses(_ entries: [(String, String)]) throws {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    try folder.write([UInt8](repeating: 7, count: 10), to: "data")
    try folder.write([UInt8](repeating: 7, count: 10), to: "original")
    try files.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: true)
    try folder.write([UInt8](repeating: 7, count: 10), to: "sub/inner")
    try files.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "data")
    try files.createSymbolicLink(atPath: folder.file("linked-folder"), withDestinationPath: "sub")
    try files.linkItem(atPath: folder.file("original"), toPath: folder.file("hard"))
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    let error = #expect(throws: ModelError.self) {
      try ModelReader.read(bytes: model(entries), folder: folder.path)
    }
    #expect(error?.code == .externalData, "\(entries)")
    #expect(error?.value == "w")
  }

  /// The kernel's way and ours open and refuse the same.
  @Test(arguments: FolderFile.Resolution.allCases)
  func followsPathsEitherWay(_ resolution: FolderFile.Resolution) throws {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("sub/deeper"), withIntermediateDirectories: true)
    try folder.write([1, 2, 3, 4], to: "data")
    try folder.write([5, 6, 7, 8], to: "sub/deeper/data")
    try files.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "data")
    try files.createSymbolicLink(atPath: folder.file("outside"), withDestinationPath: "/etc/passwd")
    try files.createSymbolicLink(atPath: folder.file("folder"), withDestinationPath: "sub")
    try files.createSymbolicLink(atPath: folder.file("sub/up"), withDestinationPath: "..")
    let external = ExternalData(folder: folder.path, limits: .default, resolution: resolution)
    for (location, first) in [("data", 1), ("sub/deeper/data", 5), ("./data", 1)] as [(String, UInt8)] {
      #expect(try external.bytes([(key: "location", value: location)], count: 4).bytes.first == first)
    }
    for location in [
      "link", "outside", "folder/deeper/data", "sub/up/data", "data/x", "../data", "/etc/passwd", "sub/../data", "",
      "data/", "a\0b", "absent", "sub", "/proc/self/exe",
    ] {
      let error = #expect(throws: ModelError.self, "\(location)") {
        try external.bytes([(key: "location", value: location)], count: 4)
      }
      #expect(error?.code == .externalData, "\(location)")
    }
  }

  @Test func hardLinksCanBeAllowed() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3, 4], to: "data")
    try FileManager.default.linkItem(atPath: folder.file("data"), toPath: folder.file("hard"))
    var limits = Limits()
    limits.allowsHardLinks = true
    let read = try ModelReader.read(bytes: model([("location", "hard")]), folder: folder.path, limits: limits)
    #expect(try weights(read).elements(of: UInt8.self) == [1, 2, 3, 4])
  }

  @Test func bytesInMemoryHaveNoFolder() {
    #expect(refusal(of: model([("location", "data")]))?.code == .externalData)
  }

  @Test func boundsTheFiles() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3, 4], to: "data")
    var limits = Limits()
    limits.maximumExternalFiles = 0
    let few = #expect(throws: ModelError.self) {
      try ModelReader.read(bytes: model([("location", "data")]), folder: folder.path, limits: limits)
    }
    #expect(few?.code == .limit)
    try folder.write([UInt8](repeating: 0, count: 1_000), to: "long")
    limits = Limits()
    limits.maximumFileBytes = 999
    let long = #expect(throws: ModelError.self) {
      try ModelReader.read(bytes: model([("location", "long")]), folder: folder.path, limits: limits)
    }
    #expect(long?.code == .limit)
  }
}
