import GraphIR
import Operators
import Tensors
import Testing

@Suite("Pad")
struct PadTests {
  private func pad(_ mode: String, _ x: Tensor, _ pads: Tensor, axes: Tensor? = nil) throws -> Tensor {
    try call("Pad", opset: 19, [x, pads, nil, axes], attributes: ["mode": .string(Array(mode.utf8))])[0]
  }

  /// Expected values from `numpy.pad` of [0, 1, 2, 3].
  @Test(
    "Modes along one axis",
    arguments: [
      ("constant", 2, 1, [0, 0, 0, 1, 2, 3, 0]), ("edge", 2, 3, [0, 0, 0, 1, 2, 3, 3, 3, 3]),
      ("reflect", 2, 3, [2, 1, 0, 1, 2, 3, 2, 1, 0]), ("reflect", 7, 0, [1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3]),
      ("wrap", 3, 6, [1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1]),
    ])
  func modes(mode: String, before: Int, after: Int, expected: [Int]) throws {
    let y = try pad(mode, .counting(4), .list(before, after))
    #expect(y.elements(of: Float.self) == expected.map { Float($0) })
  }

  @Test("Negative pads cut off, before the other side is padded")
  func negative() throws {
    #expect(try pad("constant", .counting(5), .list(-2, 1)).elements(of: Float.self) == [2, 3, 4, 0])
    #expect(try pad("reflect", .counting(5), .list(-3, 1)).elements(of: Float.self) == [3, 4, 3])
    #expect(try pad("edge", .counting(5), .list(2, -4)).elements(of: Float.self) == [0, 0, 0])
    #expect(throws: (any Error).self) { try pad("constant", .counting(5), .list(-4, -2)) }
  }

  @Test("Two axes, chosen axes, and a value")
  func axes() throws {
    let x = Tensor.of([2, 2], [Int32]([1, 2, 3, 4]))
    let y = try call("Pad", opset: 18, [x, .list(1, 0), Tensor(scalar: Int32(9)), .list(-1)])[0]
    #expect(y.elements(of: Int32.self) == [9, 1, 2, 9, 3, 4])
    let all = try call("Pad", opset: 11, [x, .list(0, 1, 1, 0), Tensor(scalar: Int32(7))])[0]
    #expect(all.elements(of: Int32.self) == [7, 1, 2, 7, 3, 4, 7, 7, 7])
    let words = Tensor(try Shape([1]), strings: ["x"])
    #expect(try pad("constant", words, .list(1, 1)).strings == ["", "x", ""])
  }

  @Test("Wide maps, which are copied in stretches")
  func wide() throws {
    let y = try pad("constant", .counting(1, 2, 40), .list(0, 1, 1, 0, 0, 1))
    #expect(y.shape.dimensions == [1, 3, 42])
    let row = { (first: Int) in [0] + (first..<first + 40).map { Float($0) } + [0] }
    #expect(y.elements(of: Float.self) == [Float](repeating: 0, count: 42) + row(0) + row(40))
  }

  @Test("Versions before 11 take attributes")
  func older() throws {
    let x = Tensor.counting(1, 2)
    let one = try call("Pad", opset: 1, [x], attributes: ["paddings": .ints([0, 1, 0, 0]), "value": .float(5)])[0]
    #expect(one.elements(of: Float.self) == [5, 0, 1])
    let two = try call(
      "Pad", opset: 2, [x], attributes: ["pads": .ints([0, 0, 0, 1]), "mode": .string(Array("edge".utf8))])[0]
    #expect(two.elements(of: Float.self) == [0, 1, 1])
  }

  @Test("Refuses what cannot be padded")
  func refuses() {
    let x = Tensor.counting(2)
    #expect(throws: OperatorError.self) { try pad("mirror", x, .list(1, 1)) }
    #expect(throws: OperatorError.self) { try pad("constant", x, .list(1)) }
    #expect(throws: OperatorError.self) { try pad("constant", x, .list(Int.max, Int.max)) }
    #expect(throws: (any Error).self) { try pad("constant", x, .list(1 << 50, 0)) }
    #expect(throws: OperatorError.self) { try pad("edge", .counting(0), .list(1, 1)) }
    #expect(throws: OperatorError.self) { try pad("constant", x, .list(1, 1), axes: .list(1)) }
    #expect(throws: OperatorError.self) {
      try call("Pad", opset: 18, [x, .list(1, 1)], attributes: ["mode": .string(Array("wrap".utf8))])
    }
  }
}
