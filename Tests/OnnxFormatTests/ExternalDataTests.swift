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
    let located = model([("location", "a/b/data"), ("offset", "1"), ("checksum", "0")])
    #expect(
      try weights(ModelReader.read(bytes: located, folder: folder.path)).elements(of: UInt8.self) == [2, 3, 4, 5])
    // A file beside a model that is named without a folder.
    let path = try folder.write(located, to: "model.onnx")
    #expect(try weights(ModelReader.read(contentsOf: path)).elements(of: UInt8.self) == [2, 3, 4, 5])
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
