import GraphIR
import Operators
import Tensors
import Testing

@Suite("Conv")
struct ConvTests {
  private static let cases = [
    ConvolutionValues(
      [1, 2, 9], [3, 2, 3], bias: 3, ["strides": .ints([2]), "pads": .ints([1, 0]), "dilations": .ints([1])],
      [1, 3, 4], [-2, -9, 13, -7, 6, -6, -3, -7, -4, 4, 8, 5]),
    ConvolutionValues(
      [1, 4, 4, 5], [2, 2, 2, 3], bias: 2,
      ["group": .int(2), "strides": .ints([1, 2]), "pads": .ints([1, 0, 0, 2]), "dilations": .ints([2, 1])],
      [1, 2, 3, 3], [4, 1, -1, 14, -3, -15, 3, 14, 3, 15, 1, 6, -1, 16, 6, -4, -1, 6]),
    ConvolutionValues(
      [2, 1, 4, 4], [2, 1, 3, 3], bias: 0,
      ["auto_pad": .string(Array("SAME_UPPER".utf8)), "strides": .ints([2, 2]), "kernel_shape": .ints([3, 3])],
      [2, 2, 2, 2], [14, -9, 6, 1, -7, 6, -5, 1, -14, 1, 0, -3, 8, -7, 2, -2]),
    ConvolutionValues(
      [1, 1, 4, 4], [1, 1, 3, 2], bias: 0, ["auto_pad": .string(Array("SAME_LOWER".utf8)), "strides": .ints([2, 1])],
      [1, 1, 2, 4], [-12, 5, 0, 2, 5, -5, -1, 3]),
    ConvolutionValues(
      [1, 3, 4, 4], [3, 1, 3, 3], bias: 3, ["auto_pad": .string(Array("VALID".utf8)), "group": .int(3)], [1, 3, 2, 2],
      [13, 13, -1, -1, 9, -1, 25, -6, 5, 24, 11, -5]),
    ConvolutionValues(
      [1, 1, 3, 3, 4], [2, 1, 2, 2, 2], bias: 2, ["strides": .ints([1, 2, 2]), "pads": .ints([0, 1, 0, 0, 0, 1])],
      [1, 2, 2, 2, 2], [8, -10, -2, 6, -9, 8, -10, -2, 11, -5, 5, 5, -8, 11, 5, 5]),
    ConvolutionValues(
      [1, 2, 2, 2], [1, 2, 3, 3], bias: 0, ["pads": .ints([1, 1, 1, 1])], [1, 1, 2, 2], [0, -6, -8, 1]),
  ]

  @Test("One to three axes, strides, dilations, groups and all kinds of padding", arguments: cases)
  func values(test: ConvolutionValues) throws {
    for outcome in try callEveryWay("Conv", opset: 13, test.inputs, attributes: test.attributes) {
      #expect(outcome.shape == test.shape, "\(outcome.way)")
      #expect(outcome.values == test.expected, "\(outcome.way)")
    }
  }

  @Test("The vector kernels agree with the plain loops")
  func kernelsAgreeWithPlainLoops() throws {
    for (x, w, attributes) in [
      ([2, 12, 17, 23], [10, 6, 3, 3], ["group": Attribute.int(2), "pads": .ints([1, 1, 1, 1])]),
      ([3, 8, 9, 9], [8, 1, 5, 5], ["group": .int(8), "pads": .ints([2, 2, 2, 2]), "strides": .ints([2, 2])]),
      ([2, 20, 50], [7, 20, 4], ["dilations": .ints([3])]),
    ] {
      let inputs = [
        Tensor.pattern(x, step: 37, modulus: 101, offset: 50), .pattern(w, step: 53, modulus: 97, offset: 40),
      ]
      let outcomes = try callEveryWay("Conv", opset: 22, inputs, attributes: attributes)
      let plain = try #require(outcomes.first { $0.way == "float64" })
      // Whole numbers below 2²⁴ are exact in both.
      for outcome in outcomes where outcome.way != "float16" { #expect(outcome.values == plain.values) }
    }
  }

  @Test("A batch of no images gives none")
  func emptyBatch() throws {
    let y = try call("Conv", opset: 13, [.of([0, 2, 4, 4], [Float]()), .counting(3, 2, 3, 3)])[0]
    #expect(y.shape.dimensions == [0, 3, 2, 2])
  }

  @Test("Inputs and attributes that do not fit are refused")
  func refusals() {
    let x = Tensor.counting(1, 2, 4, 4)
    for (x, w, attributes) in [
      (x, Tensor.counting(3, 3, 2, 2), [String: Attribute]()),
      (x, .counting(3, 2, 5, 2), [:]),
      (x, .counting(3, 2, 2), [:]),
      (x, .counting(3, 1, 2, 2), ["group": .int(2)]),
      (x, .counting(3, 2, 2, 2), ["kernel_shape": .ints([2, 3])]),
      (x, .counting(3, 2, 2, 2), ["strides": .ints([1])]),
      (x, .counting(0, 2, 2, 2), [:]),
      (.counting(2, 4, 4), .counting(3, 2, 2, 2), [:]),
    ] {
      #expect(throws: OperatorError.self) { try call("Conv", opset: 13, [x, w], attributes: attributes) }
    }
    for attributes in [
      ["group": Attribute.int(0)], ["auto_pad": .string(Array("HALF".utf8))], ["strides": .ints([0, 1])],
      ["pads": .ints([-1, 0, 0, 0])], ["dilations": .ints([Int64.max, 1])],
    ] {
      #expect(throws: OperatorError.self) {
        try call("Conv", opset: 13, [x, .counting(1, 2, 1, 1)], attributes: attributes)
      }
    }
    #expect(throws: OperatorError.self) {
      try call("Conv", opset: 13, [x, .counting(3, 2, 2, 2), .counting(2)])
    }
  }
}
