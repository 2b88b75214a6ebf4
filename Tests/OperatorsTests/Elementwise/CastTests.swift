import GraphIR
import Operators
import Tensors
import Testing

@Suite("Cast")
struct CastTests {
  private func cast(_ x: Tensor, to type: ElementType) throws -> Tensor {
    try call("Cast", opset: 13, [x], attributes: ["to": .int(Int64(type.rawValue))])[0]
  }

  // Values from onnxruntime 1.32.
  @Test func numbersBecomeOtherNumbers() throws {
    #expect(try cast(.of([3], [Float(-1.7), 2.9, 0]), to: .int64).elements(of: Int64.self) == [-1, 2, 0])
    #expect(try cast(.of([3], [Int32(200), -1, 256]), to: .int8).elements(of: Int8.self) == [-56, -1, 0])
    #expect(
      try cast(.of([3], [Float(1.0 / 3), 65504, 1e6]), to: .float16).elements(of: Float16.self)
        == [0.33325195, 65504, .infinity])
  }

  @Test func whatNoIntegerHoldsIsClamped() throws {
    let x = Tensor.of([4], [Float.nan, .infinity, -.infinity, 300])
    #expect(try cast(x, to: .int32).elements(of: Int32.self) == [0, .max, .min, 300])
    #expect(try cast(x, to: .uint8).elements(of: UInt8.self) == [0, 255, 0, 255])
  }

  // 2⁵³ + 2²⁹ + 1 lies above the middle of two floats, and its `Double` on it.
  @Test func integersAreRoundedOnce() throws {
    let x = Tensor.list(1 << 53 + 1 << 29 + 1)
    #expect(try cast(x, to: .float32).elements(of: Float.self) == [0x1.000002p53])
  }

  @Test func everyNumberButZeroIsTrue() throws {
    let x = Tensor.of([4], [Float(0), -0.0, 0.3, .nan])
    #expect(try cast(x, to: .bool).elements(of: Bool.self) == [false, false, true, true])
    #expect(try cast(.of([2], [true, false]), to: .float32).elements(of: Float.self) == [1, 0])
  }

  @Test func stringsAreReadAndWritten() throws {
    let texts = Tensor(try Shape([4]), strings: ["3.14", "-INF", "1e-5", "nan"])
    let values = try cast(texts, to: .float32).elements(of: Float.self)
    #expect(values[..<3] == [3.14, -.infinity, 1e-5] && values[3].isNaN)
    #expect(try cast(Tensor(try Shape([2]), strings: ["12", "-7"]), to: .int8).elements(of: Int8.self) == [12, -7])
    #expect(throws: OperatorError.self) { try cast(Tensor(try Shape([1]), strings: ["one"]), to: .float32) }
    #expect(try cast(.of([3], [Float(3.5), .nan, -.infinity]), to: .string).strings == ["3.5", "NaN", "-INF"])
    #expect(try cast(.list(42), to: .string).strings == ["42"])
  }

  @Test func typesAreNamedInVersion1() throws {
    let y = try call("Cast", opset: 5, [.counting(2)], attributes: ["to": .string(Array("INT32".utf8))])
    #expect(y[0].elements(of: Int32.self) == [0, 1])
  }

  @Test func unknownTypesAreUnsupported() throws {
    let error = try #require(throws: OperatorError.self) {
      try call("Cast", opset: 19, [.counting(2)], attributes: ["to": .int(17)])
    }
    #expect(error.kind == .unsupported)
    #expect(error.message.contains("FLOAT8E4M3FN"))
  }

  @Test func castLikeTakesTheOthersType() throws {
    #expect(try call("CastLike", opset: 15, [.counting(2), .list()])[0].elements(of: Int64.self) == [0, 1])
  }

  @Test func bitCastKeepsTheBits() throws {
    let y = try call("BitCast", opset: 26, [.of([1], [Float(1)])], attributes: ["to": .int(12)])
    #expect(y[0].elements(of: UInt32.self) == [0x3f80_0000])
    #expect(throws: OperatorError.self) {
      try call("BitCast", opset: 26, [.of([1], [Float(1)])], attributes: ["to": .int(7)])
    }
  }
}
