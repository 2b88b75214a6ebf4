import GraphIR
import Operators
import Tensors
import Testing

@Suite("ConvTranspose")
struct ConvTransposeTests {
  private static let cases = [
    ConvolutionValues(
      [1, 2, 4], [2, 3, 3], bias: 3, ["strides": .ints([2]), "pads": .ints([1, 0])], [1, 3, 8],
      [-10, 1, -1, -2, 1, 2, 3, -2, 7, 10, 3, -2, -1, 0, -5, 5, 6, -9, -1, 5, -1, 5, -1, -1]),
    ConvolutionValues(
      [2, 2, 2, 3], [2, 1, 2, 3], bias: 2, ["group": .int(2), "strides": .ints([2, 1]), "dilations": .ints([1, 2])],
      [2, 2, 4, 7],
      [
        5, -5, -4, 1, 2, -3, -1, -7, 3, -1, -1, 5, -5, -1, 3, -7, -5, 2, 2, -4, -2, -5, 5, 1, -1, 3, -7, -3, 0, -2, 4,
        4, -3, -5, 5, 1, 1, 3, 7, -4, -2, 3, 1, -1, 4, 3, -2, -3, 7, 1, 1, 1, 5, -5, -1, 4, -3, 1, 6, -2, -5, 0, 2, 1,
        -3, -7, -1, -3, 1, 5, -5, -1, 5, -1, -5, -1, 1, 3, -1, -5, -1, -5, -1, 3, 4, 2, -3, 0, 8, 3, -1, 1, 1, -5, -1,
        6, 2, 0, -2, 3, 4, -1, -5, 5, 1, 1, 1, 7, -3, -2, 3, 1,
      ]),
    ConvolutionValues(
      [1, 1, 3, 3], [1, 1, 3, 3], bias: 0, ["strides": .ints([2, 2]), "output_shape": .ints([5, 6])], [1, 1, 5, 6],
      [0, 10, 0, -4, 0, 0, 1, -8, 1, -1, 1, -1, 0, 10, 0, -4, 0, -2, 1, 6, -6, 6, 1, 0, 0, -4, 0, 10, 0, -4]),
    ConvolutionValues(
      [1, 1, 2, 3], [1, 1, 3, 3], bias: 0, ["strides": .ints([2, 2]), "auto_pad": .string(Array("SAME_UPPER".utf8))],
      [1, 1, 4, 6], [6, -3, -1, 2, -2, 0, -6, 0, 10, 0, -4, 0, 1, 1, -8, 1, -1, 1, -4, 0, 10, 0, -4, 0]),
    ConvolutionValues(
      [1, 1, 2, 3], [1, 1, 3, 3], bias: 0, ["strides": .ints([2, 2]), "auto_pad": .string(Array("SAME_LOWER".utf8))],
      [1, 1, 4, 6], [0, 10, 0, -4, 0, 0, 1, -8, 1, -1, 1, -1, 0, 10, 0, -4, 0, -2, 2, -1, -3, 7, -1, 2]),
    ConvolutionValues(
      [1, 1, 2, 2], [1, 2, 3, 3], bias: 0,
      [
        "strides": .ints([3, 2]), "output_padding": .ints([1, 1]), "pads": .ints([1, 2, 0, 1]),
        "kernel_shape": .ints([3, 3]),
      ], [1, 2, 6, 3],
      [
        10, 0, -4, -4, -2, 4, 4, -2, 2, -4, 0, 4, -2, 2, -4, 0, 0, 0, -2, 4, 0, -1, 2, -2, 0, 4, -2, 2, -4, 0, 4, -2, 2,
        0, 0, 0,
      ]),
    ConvolutionValues(
      [1, 2, 2, 2, 2], [2, 1, 2, 1, 2], bias: 1, ["strides": .ints([1, 2, 1])], [1, 1, 3, 3, 3],
      [5, -12, 1, -1, -1, -1, -1, 7, -9, -2, -12, 6, -1, -1, -1, -1, 17, -15, -3, 2, 2, -1, -1, -1, -3, 5, -9]),
  ]

  @Test("Strides, dilations, groups, output shapes and all kinds of padding", arguments: cases)
  func values(test: ConvolutionValues) throws {
    for outcome in try callEveryWay("ConvTranspose", opset: 11, test.inputs, attributes: test.attributes) {
      #expect(outcome.shape == test.shape, "\(outcome.way)")
      #expect(outcome.values == test.expected, "\(outcome.way)")
    }
  }

  @Test("Inputs and attributes that do not fit are refused")
  func refusals() {
    let x = Tensor.counting(1, 2, 3, 3)
    for (w, attributes) in [
      (Tensor.counting(3, 1, 2, 2), [String: Attribute]()),
      (.counting(2, 1, 2), [:]),
      (.counting(2, 1, 2, 2), ["kernel_shape": .ints([3, 2])]),
      (.counting(2, 1, 2, 2), ["pads": .ints([2, 2, 2, 2])]),
      (.counting(2, 1, 2, 2), ["output_shape": .ints([0, 3])]),
      (.counting(2, 1, 2, 2), ["strides": .ints([Int64.max, 1])]),
      (.counting(2, 1, 2, 2), ["group": .int(3)]),
    ] {
      #expect(throws: OperatorError.self) { try call("ConvTranspose", opset: 11, [x, w], attributes: attributes) }
    }
  }
}
