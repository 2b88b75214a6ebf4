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
      try call("Cast", opset: 19, [.counting(2)], attributes: ["to": .int(14)])
    }
    #expect(error.kind == .unsupported)
    #expect(error.message.contains("COMPLEX64"))
  }

  /// The codes of elements of at most eight bits.
  private func codes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

  // Codes by hand: E4M3FN has 3 bits of fraction and ends at 448 = 0 1111 110; E5M2's infinity is 0 11111 00.
  @Test func narrowFloatsSaturateUnlessToldNotTo() throws {
    let x = Tensor.of([4], [Float(1.0625), 500, -.infinity, 0x1p-20])
    #expect(codes(try cast(x, to: .float8e4m3fn)) == [0x38, 0x7e, 0xfe, 0])
    func free(_ type: ElementType) throws -> [UInt8] {
      codes(
        try call(
          "Cast", opset: 19, [x], attributes: ["to": .int(Int64(type.rawValue)), "saturate": .int(0)])[0])
    }
    #expect(try free(.float8e4m3fn) == [0x38, 0x7f, 0xff, 0])
    #expect(try free(.float8e5m2) == [0x3c, 0x60, 0xfc, 0])
  }

  // Codes by hand: the exponent plus 127.
  @Test func powersOfTwoAreRoundedAsAsked() throws {
    func rounded(_ mode: String) throws -> Tensor {
      try call(
        "Cast", opset: 24, [.of([2], [Float16(1.25), 6])],
        attributes: ["to": .int(24), "round_mode": .string(Array(mode.utf8))])[0]
    }
    #expect(codes(try rounded("up")) == [128, 130])
    #expect(codes(try rounded("down")) == [127, 129])
    #expect(codes(try rounded("nearest")) == [127, 130])
    #expect(throws: OperatorError.self) { try rounded("sideways") }
  }

  @Test func narrowIntegersKeepTheLowBits() throws {
    let nibbles = try cast(.of([4], [Int32(-1), 8, 17, -9]), to: .int4)
    #expect(codes(nibbles) == [15, 8, 1, 7])
    #expect(try cast(nibbles, to: .int64).elements(of: Int64.self) == [-1, -8, 1, 7])
    #expect(try cast(nibbles, to: .string).strings == ["-1", "-8", "1", "7"])
    #expect(try cast(nibbles, to: .bool).elements(of: Bool.self) == [true, true, true, true])
    #expect(codes(try cast(Tensor(try Shape([2]), strings: ["3", "-2"]), to: .int2)) == [3, 2])
    #expect(codes(try cast(.of([2], [true, false]), to: .float4e2m1)) == [2, 0])
  }

  @Test func narrowTypesAreMovedAndNotComputedWith() throws {
    let x = try cast(.of([2], [Float(1), -3]), to: .float8e5m2)
    let padded = try call("Pad", opset: 21, [x, .list(1, 0)])[0]
    #expect(padded.elementType == .float8e5m2)
    #expect(codes(padded) == [0, 0x3c, 0xc2])
    #expect(throws: OperatorError.self) { try call("Add", opset: 14, [x, x]) }
    #expect(throws: OperatorError.self) { try call("Relu", opset: 14, [x]) }
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
    let nibbles = try call("BitCast", opset: 26, [try cast(.list(-1, 3), to: .int4)], attributes: ["to": .int(21)])
    #expect(try cast(nibbles[0], to: .int8).elements(of: Int8.self) == [15, 3])
    #expect(throws: OperatorError.self) { try call("BitCast", opset: 26, nibbles, attributes: ["to": .int(2)]) }
    let truths = try call("BitCast", opset: 26, [.of([2], [UInt8(0), 7])], attributes: ["to": .int(9)])
    #expect(truths[0].elements(of: Bool.self) == [false, true])
  }
}
