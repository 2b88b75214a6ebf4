import Foundation
import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Weights that stay in the file, wherever and in whichever form they stand there.
struct WeightPlacementTests {
  private typealias Wire = WireBytes

  /// Enough for a list to be taken out of the file.
  private let values = (0..<600).map { Float($0) / 7 - 40 }

  private func weights(_ tensor: [UInt8]) throws -> Tensor {
    let bytes = Wire.model(graph: Wire.field(5, tensor + Wire.field(8, "w")) + Wire.relu)
    let graph = try ModelReader.read(bytes: bytes).graph
    return try #require(graph.value(named: "w").flatMap { graph.initializers[$0] })
  }

  private func bytes<Element>(_ values: [Element]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  /// Dimensions and element type.
  private func header(_ count: Int, type: UInt64) -> [UInt8] { Wire.field(1, UInt64(count)) + Wire.field(2, type) }

  /// Raw data behind a name of each length, so that they begin at each offset from a multiple of four.
  @Test(arguments: 0..<4)
  func rawDataAtEveryOffset(_ shift: Int) throws {
    let note = Wire.field(12, String(repeating: "n", count: shift))
    let tensor = try weights(header(600, type: 1) + note + Wire.field(9, bytes(values)))
    #expect(tensor.withElementsOnce(of: Float.self) { Array($0) } == values)
    #expect(tensor.elements(of: Float.self) == values)
  }

  @Test func listsOfFloats() throws {
    let head = header(600, type: 1)
    #expect(try weights(head + Wire.field(4, bytes(values))).elements(of: Float.self) == values)
    // The type may stand behind its elements, and a list in pieces.
    #expect(try weights(Wire.field(4, bytes(values)) + head).elements(of: Float.self) == values)
    let pieces = Wire.field(4, bytes(Array(values[..<300]))) + Wire.field(4, bytes(Array(values[300...])))
    #expect(try weights(head + pieces).elements(of: Float.self) == values)
    let single = Wire.varint(4 << 3 | 5) + bytes([values[0]])
    #expect(
      try weights(head + single + Wire.field(4, bytes(Array(values[1...])))).elements(of: Float.self) == values)
  }

  @Test func listsOfDoubles() throws {
    let doubles = values.map(Double.init)
    let tensor = try weights(header(600, type: 11) + Wire.field(10, bytes(doubles)))
    #expect(tensor.elements(of: Double.self) == doubles)
  }

  @Test func refusesListsThatDoNotFit() {
    func refusalCode(_ tensor: [UInt8]) -> ModelError.Code? {
      refusal(of: Wire.model(graph: Wire.field(5, tensor + Wire.field(8, "w")) + Wire.relu))?.code
    }
    let list = Wire.field(4, bytes(values))
    // Too few elements, another element type, two kinds of data, a list that is no whole number of elements.
    #expect(refusalCode(header(601, type: 1) + list) == .tensorData)
    #expect(refusalCode(header(600, type: 7) + list) == .tensorData)
    #expect(refusalCode(header(600, type: 1) + list + Wire.field(9, bytes(values))) == .tensorData)
    #expect(refusalCode(header(600, type: 1) + Wire.field(9, bytes(values)) + list) == .tensorData)
    #expect(refusalCode(header(600, type: 1) + list + Wire.field(7, [1])) == .tensorData)
    #expect(refusalCode(header(600, type: 1) + Wire.field(4, bytes(values) + [0])) == .wireFormat)
  }

  /// A file beyond the 2 GiB that Protocol Buffers' own libraries read; all but its ends are a hole that takes no room
  /// on the disk.
  @Test func aFileOfMoreThanTwoGigabytes() throws {
    let count = 2_500_000_001
    func open(_ field: UInt64, _ length: Int) -> [UInt8] { Wire.varint(field << 3 | 2) + Wire.varint(UInt64(length)) }
    let tensor = header(count, type: 2) + Wire.field(8, "w") + open(9, count)
    let initializer = open(5, tensor.count + count) + tensor
    let graph = Wire.relu + initializer
    let start = Wire.field(1, 8) + Wire.field(8, Wire.field(2, 13)) + open(7, graph.count + count) + graph
    let folder = try TemporaryFolder()
    let path = try folder.write(start + [17], to: "large.onnx")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: UInt64(start.count + count))
    try file.seek(toOffset: UInt64(start.count + count - 1))
    try file.write(contentsOf: Data([99]))
    try file.close()

    let model = try ModelReader.read(contentsOf: path).graph
    let weights = try #require(model.value(named: "w").flatMap { model.initializers[$0] })
    weights.withElements(of: UInt8.self) { elements in
      #expect(elements.count == count)
      #expect([elements[0], elements[1], elements[count - 1]] == [17, 0, 99])
    }
  }
}
