import Foundation
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Files made to break a reader.
struct HostileFileTests {
  private typealias Wire = WireBytes

  private func fixture(_ name: String) throws -> [UInt8] {
    [UInt8](try #require(FileManager.default.contents(atPath: Checkout.fixture("models/\(name).onnx"))))
  }

  @Test func theHandMadeModelIsFine() throws {
    let graph = try ModelReader.read(bytes: Wire.model(graph: Wire.relu)).graph
    #expect(graph.nodes.map(\.operatorName) == ["Relu"])
  }

  @Test func refusesWhatIsNoModel() throws {
    #expect(refusal(of: [])?.code == .notAModel)
    #expect(
      refusal(of: Array("version https://git-lfs.github.com/spec/v1\n".utf8))?.remedy?.contains("git lfs") == true)
    #expect(refusal(of: Array("<!DOCTYPE html><html></html>".utf8))?.kind == .malformed)
    #expect(refusal(of: Array("\u{89}PNG\r\n".utf8))?.kind == .malformed)
    let folder = try TemporaryFolder()
    for path in [folder.path, folder.file("absent.onnx"), "/dev/zero", "", "a\0b"] {
      let error = #expect(throws: ModelError.self) { try ModelReader.read(contentsOf: path) }
      #expect(error?.code == .file)
    }
  }

  /// Cut anywhere, a file is refused, except where the cut happens to fall between two fields of the model itself.
  @Test(arguments: ["linear", "branches", "attributes", "types-lists", "external"])
  func refusesEveryTruncation(_ name: String) throws {
    let whole = try fixture(name)
    var accepted = 0
    for length in 0..<whole.count {
      do throws(ModelError) {
        _ = try ModelReader.read(bytes: Array(whole[..<length]), folder: Checkout.fixture("models"))
        accepted += 1
      } catch {
        #expect(error.kind == .malformed)
      }
    }
    // After the graph come the operator set imports, without which it is refused, and notes, which may be missing.
    #expect(accepted <= 2)
  }

  /// Any byte changed to any of a few values gives a model or an error, and no crash.
  @Test(arguments: ["linear", "branches", "attributes", "types-lists", "types-raw", "external"])
  func survivesEveryChangedByte(_ name: String) throws {
    let whole = try fixture(name)
    var outcomes = [0, 0]
    for position in whole.indices {
      for value: UInt8 in [0x00, 0x7f, 0x80, 0xff, whole[position] &+ 1, whole[position] ^ 0x08] {
        var bytes = whole
        bytes[position] = value
        do throws(ModelError) {
          _ = try ModelReader.read(bytes: bytes, folder: Checkout.fixture("models"))
          outcomes[0] += 1
        } catch {
          outcomes[1] += 1
          #expect(!error.description.isEmpty)
        }
      }
    }
    #expect(outcomes[0] > 0 && outcomes[1] > 0)
  }

  @Test func survivesRandomBytes() {
    var generator = SplitMix(state: 42)
    for _ in 0..<5_000 {
      let count = Int.random(in: 1...80, using: &generator)
      let noise = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
      refusal(of: noise)
      // The same noise inside of a graph and of a tensor, where more of it is understood.
      _ = try? ModelReader.read(bytes: Wire.model(graph: noise))
      _ = try? ModelReader.read(bytes: Wire.model(graph: Wire.relu + Wire.field(5, noise)))
    }
  }

  @Test func refusesDeepNesting() {
    var graph = Wire.relu
    for _ in 0..<10_000 {
      // Graph ⊃ node (1) ⊃ attribute (5) ⊃ graph (6).
      graph = Wire.field(1, Wire.field(4, "If") + Wire.field(5, Wire.field(1, "g") + Wire.field(6, graph)))
    }
    let error = refusal(of: Wire.model(graph: graph))
    #expect(error?.code == .limit)
    #expect(error?.remedy?.contains("maximumDepth") == true)

    var type: [UInt8] = []
    for _ in 0..<10_000 {
      // Type ⊃ sequence (4) ⊃ element type (1).
      type = Wire.field(4, Wire.field(1, type))
    }
    let input = Wire.field(11, Wire.field(1, "z") + Wire.field(2, type))
    #expect(refusal(of: Wire.model(graph: Wire.relu + input))?.code == .limit)
  }

  @Test func depthWithinTheLimitIsFine() throws {
    var graph = Wire.field(1, Wire.node("Constant", [], ["o"])) + Wire.field(12, Wire.field(1, "o"))
    for _ in 0..<30 {
      let branch = Wire.field(1, "g") + Wire.field(6, graph) + Wire.field(20, 5)
      graph = Wire.field(1, Wire.node("If", [], ["o"]) + Wire.field(5, branch)) + Wire.field(12, Wire.field(1, "o"))
    }
    let bytes = Wire.model(graph: graph)
    #expect(try ModelReader.read(bytes: bytes).graph.nodes.count == 1)
    var limits = Limits()
    limits.maximumDepth = 90
    #expect(refusal(of: bytes, limits: limits)?.code == .limit)
  }

  @Test func refusesMillionsOfEmptyNodes() {
    // Each pair of bytes is a node of length 0.
    let nodes = [UInt16](repeating: UInt16(littleEndian: 0x000a), count: 5_000_000).withUnsafeBytes { Array($0) }
    let error = refusal(of: Wire.model(graph: nodes))
    #expect(error?.code == .limit)
    #expect(error?.remedy?.contains("maximumMessageCount") == true)
  }

  @Test(.timeLimit(.minutes(1))) func manySubgraphsTakeLinearTime() throws {
    // Each takes a value of its own from outside.
    var graph = Wire.field(11, Wire.field(1, "x"))
    for index in 0..<4_000 {
      let branch = Wire.field(1, Wire.node("Relu", ["v\(index)"], ["o"])) + Wire.field(12, Wire.field(1, "o"))
      let attribute = Wire.field(5, Wire.field(1, "g") + Wire.field(6, branch))
      graph += Wire.field(1, Wire.node("If", [index == 0 ? "x" : "v\(index - 1)"], ["w\(index)"]) + attribute)
      graph += Wire.field(1, Wire.node("Relu", ["x"], ["v\(index)"]))
    }
    #expect(try ModelReader.read(bytes: Wire.model(graph: graph)).graph.nodes.count == 8_000)
  }

  @Test func boundsTheMemoryOfUnpacking() {
    // A list in which each byte becomes eight.
    let list = Wire.field(5, Wire.field(7, [UInt8](repeating: 1, count: 100_000)))
    var limits = Limits()
    limits.unpackingBudget = 500_000
    let error = refusal(of: Wire.model(graph: Wire.relu + list), limits: limits)
    #expect(error?.code == .limit)
    #expect(error?.remedy?.contains("unpackingBudget") == true)
    // With the budget it is refused for its own sake: the tensor has no name and no type.
    #expect(refusal(of: Wire.model(graph: Wire.relu + list))?.code == .tensorData)
  }

  @Test func boundsTheFields() {
    var limits = Limits()
    limits.maximumFieldCount = 1_000
    let dims = (0..<1_000).flatMap { _ in Wire.field(1, 1) }
    #expect(refusal(of: Wire.model(graph: Wire.relu + Wire.field(5, dims)), limits: limits)?.code == .limit)
  }

  @Test func boundsTheFile() {
    var limits = Limits()
    limits.maximumFileBytes = 20
    #expect(refusal(of: Wire.model(graph: Wire.relu), limits: limits)?.code == .limit)
    let error = #expect(throws: ModelError.self) {
      try ModelReader.read(contentsOf: Checkout.fixture("models/linear.onnx"), limits: limits)
    }
    #expect(error?.code == .limit)
  }

  @Test func boundsTheElements() {
    var limits = Limits()
    limits.maximumTensorElements = 11
    let error = #expect(throws: ModelError.self) {
      try ModelReader.read(contentsOf: Checkout.fixture("models/linear.onnx"), limits: limits)
    }
    #expect(error?.code == .limit)
    #expect(error?.value == "w")
  }

  @Test(
    arguments: [
      // A group, and its end.
      [0x0b, 0x0c], [0x0c],
      // Wire types 6 and 7, field number 0, a field number of more than 29 bits.
      [0x0e], [0x0f], [0x00, 0x00], [0xf8, 0xff, 0xff, 0xff, 0x7f, 0x00],
      // Varints of eleven bytes, of more than 64 bits, and cut off.
      [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
      [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], [0x08, 0x80],
      // Lengths beyond the end, of more than 35 bits, of the largest number.
      [0x12, 0x05, 0x61], [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      // ir_version as bytes, producer_name as a number, graph as a number, ir_version twice, a NUL in a name.
      [0x0a, 0x00], [0x10, 0x01], [0x38, 0x01], [0x08, 0x08, 0x08, 0x08], [0x12, 0x01, 0x00],
      // Four and eight bytes cut off, in a field that nobody knows.
      [0xfd, 0x01, 0x00], [0xf9, 0x01, 0x00],
    ] as [[UInt8]])
  func refusesBrokenFields(_ bytes: [UInt8]) throws {
    #expect(refusal(of: bytes)?.code == .wireFormat)
    // Also behind a good model.
    #expect(refusal(of: Wire.field(8, Wire.field(2, 13)) + Wire.field(7, Wire.relu) + bytes)?.code == .wireFormat)
  }

  @Test func passesOverUnknownFields() throws {
    let unknown = Wire.field(100, 5) + Wire.field(101, "text") + [0xfd, 0x01, 1, 2, 3, 4]
    let bytes = unknown + Wire.model(graph: unknown + Wire.relu + unknown) + unknown
    #expect(try ModelReader.read(bytes: bytes).graph.nodes.count == 1)
  }

  @Test func lengthsMayBePadded() throws {
    // The graph's length in five bytes, as some writers leave room for it.
    let count = Wire.relu.count
    let padded = [0x3a, UInt8(count) | 0x80, 0x80, 0x80, 0x80, 0x00] as [UInt8]
    let bytes = Wire.field(1, 8) + Wire.field(8, Wire.field(2, 13)) + padded + Wire.relu
    #expect(try ModelReader.read(bytes: bytes).graph.nodes.count == 1)
  }

  /// Raw data of every length around the one at which the scan begins to take them out of the file.
  @Test(arguments: 0...20)
  func rawDataOfEveryLength(_ count: Int) throws {
    let content = (0..<count).map { UInt8($0 + 1) }
    let tensor = Wire.field(1, UInt64(count)) + Wire.field(2, 2) + Wire.field(8, "w") + Wire.field(9, content)
    let bytes = Wire.model(graph: Wire.field(5, tensor) + Wire.relu + Wire.field(5, Wire.field(1, 0) + tensorTail))
    let graph = try ModelReader.read(bytes: bytes).graph
    let weights = try #require(graph.value(named: "w").flatMap { graph.initializers[$0] })
    #expect(weights.elements(of: UInt8.self) == content)
  }

  private var tensorTail: [UInt8] { Wire.field(2, 2) + Wire.field(8, "v") + Wire.field(9, [UInt8]()) }

  @Test func booleansBecomeZeroOrOne() throws {
    let tensor = Wire.field(1, 4) + Wire.field(2, 9) + Wire.field(8, "w") + Wire.field(9, [0, 1, 2, 255])
    let graph = try ModelReader.read(bytes: Wire.model(graph: Wire.field(5, tensor) + Wire.relu)).graph
    let flags = try #require(graph.value(named: "w").flatMap { graph.initializers[$0] })
    #expect(flags.withUnsafeBytes { Array($0) } == [0, 1, 1, 1])
  }
}
