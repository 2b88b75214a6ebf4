import GraphIR
import Operators
import Tensors
import Testing

@Suite("Comparisons, logic, bits")
struct LogicTests {
  @Test func noComparisonHoldsWithNaN() throws {
    let a = Tensor.of([4], [Float(1), 2, 3, .nan])
    let b = Tensor.of([4], [Float(2), 2, 2, .nan])
    let expected: [String: [Bool]] = [
      "Equal": [false, true, false, false], "Less": [true, false, false, false],
      "Greater": [false, false, true, false], "LessOrEqual": [true, true, false, false],
      "GreaterOrEqual": [false, true, true, false],
    ]
    for (name, values) in expected {
      #expect(try call(name, opset: 16, [a, b])[0].elements(of: Bool.self) == values, "\(name)")
    }
  }

  @Test func equalTakesHalvesTruthValuesAndStrings() throws {
    let zeros = Tensor.of([2], [BFloat16(0), BFloat16(.nan)])
    let negative = Tensor.of([2], [BFloat16(-0.0), BFloat16(.nan)])
    #expect(try call("Equal", opset: 19, [zeros, negative])[0].elements(of: Bool.self) == [true, false])
    let truth = Tensor.of([2], [true, false])
    #expect(try call("Equal", opset: 19, [truth, Tensor(scalar: true)])[0].elements(of: Bool.self) == [true, false])
    let words = Tensor(try Shape([2]), strings: ["a", "b"])
    #expect(
      try call("Equal", opset: 19, [words, Tensor(.scalar, strings: ["b"])])[0].elements(of: Bool.self)
        == [false, true])
  }

  @Test func logicFollowsItsTables() throws {
    let a = Tensor.of([4], [false, false, true, true])
    let b = Tensor.of([4], [false, true, false, true])
    #expect(try call("And", opset: 7, [a, b])[0].elements(of: Bool.self) == [false, false, false, true])
    #expect(try call("Or", opset: 7, [a, b])[0].elements(of: Bool.self) == [false, true, true, true])
    #expect(try call("Xor", opset: 7, [a, b])[0].elements(of: Bool.self) == [false, true, true, false])
    #expect(try call("Not", opset: 1, [a])[0].elements(of: Bool.self) == [true, true, false, false])
    #expect(throws: OperatorError.self) { try call("And", opset: 7, [a, .counting(4)]) }
  }

  @Test func bitsAreCombinedAndShifted() throws {
    let a = Tensor.of([3], [Int16(0b1100), -1, 7])
    let b = Tensor.of([3], [Int16(0b1010), 5, 0])
    #expect(try call("BitwiseAnd", opset: 18, [a, b])[0].elements(of: Int16.self) == [0b1000, 5, 0])
    #expect(try call("BitwiseOr", opset: 18, [a, b])[0].elements(of: Int16.self) == [0b1110, -1, 7])
    #expect(try call("BitwiseXor", opset: 18, [a, b])[0].elements(of: Int16.self) == [0b0110, -6, 7])
    #expect(try call("BitwiseNot", opset: 18, [a])[0].elements(of: Int16.self) == [-13, 0, -8])
    let x = Tensor.of([4], [UInt8(16), 4, 1, 255])
    let places = Tensor.of([4], [UInt8(1), 2, 3, 200])
    let right: [String: Attribute] = ["direction": .string(Array("RIGHT".utf8))]
    let left: [String: Attribute] = ["direction": .string(Array("LEFT".utf8))]
    #expect(
      try call("BitShift", opset: 11, [x, places], attributes: right)[0].elements(of: UInt8.self) == [8, 1, 0, 0])
    #expect(
      try call("BitShift", opset: 11, [x, places], attributes: left)[0].elements(of: UInt8.self) == [32, 16, 8, 0])
    #expect(throws: OperatorError.self) { try call("BitShift", opset: 11, [x, places]) }
  }

  @Test func nanAndInfinityAreFound() throws {
    let x = Tensor.of([4], [Float(1), .nan, .infinity, -.infinity])
    #expect(try call("IsNaN", opset: 13, [x])[0].elements(of: Bool.self) == [false, true, false, false])
    #expect(try call("IsInf", opset: 10, [x])[0].elements(of: Bool.self) == [false, false, true, true])
    let positive = try call("IsInf", opset: 10, [x], attributes: ["detect_negative": .int(0)])
    #expect(positive[0].elements(of: Bool.self) == [false, false, true, false])
  }
}
