import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnxruntime 1.32.
@Suite("DeformConv and Col2Im")
struct DeformConvTests {
  private let x = Tensor.pattern([1, 2, 3, 4], step: 5, modulus: 13, offset: 6)
  private let w = Tensor.pattern([2, 1, 2, 2], step: 3, modulus: 7, offset: 3)
  private let offset = Tensor.pattern([1, 16, 4, 2], step: 7, modulus: 23, offset: 11, divisor: 8)
  private let mask = Tensor.pattern([1, 8, 4, 2], step: 5, modulus: 11, offset: 0, divisor: 8)
  private let bias = Tensor.of([2], [Float(0.5), -1])
  private let attributes: [String: Attribute] = [
    "group": .int(2), "offset_group": .int(2), "pads": .ints([1, 0, 1, 0]), "dilations": .ints([1, 2]),
  ]

  @Test("Groups, groups of offsets, a mask, padding and dilation")
  func groups() throws {
    let y = try call("DeformConv", opset: 19, [x, w, offset, bias, mask], attributes: attributes)
    expect(
      y[0],
      isNear: [
        -0.07421875, 0.078125, 2.421875, -8.03125, 6.40625, 3.822266, 0.7871094, -2.5, -1.5625, 0.8496094, 3.625,
        -12.02539, -6.28125, -8.359375, -8.429688, -3.109375,
      ], shape: [1, 2, 4, 2])
  }

  /// By hand: whole offsets that lead outside give zeros, as do those that are no numbers.
  @Test("Hostile offsets")
  func hostile() throws {
    for wrong in [Float.nan, .infinity, -1e30, 1e30, 4] {
      let offset = Tensor.of([1, 16, 4, 2], [Float](repeating: wrong, count: 128))
      let y = try call("DeformConv", opset: 22, [x, w, offset, bias], attributes: attributes)
      #expect(y[0].elements(of: Float.self) == [Float](repeating: 0.5, count: 8) + [Float](repeating: -1, count: 8))
    }
  }

  @Test("Tensors that do not fit")
  func refused() throws {
    for inputs in [
      [x, w, mask, bias], [x, w, offset, .counting(3)], [x, w, offset, bias, offset], [x, x, offset], [x, w, x],
    ] {
      #expect(throws: OperatorError.self) { try call("DeformConv", opset: 19, inputs, attributes: attributes) }
    }
    for change: [String: Attribute] in [
      ["offset_group": .int(0)], ["offset_group": .int(3)], ["kernel_shape": .ints([3, 3])], ["group": .int(1)],
    ] {
      #expect(throws: OperatorError.self) {
        try call("DeformConv", opset: 19, [x, w, offset], attributes: attributes.merging(change) { $1 })
      }
    }
  }

  @Test("Col2Im adds where blocks overlap")
  func col2im() throws {
    let blocks = Tensor.pattern([1, 4, 6], step: 3, modulus: 7, offset: 0)
    let y = try call("Col2Im", opset: 18, [blocks, .list(3, 4), .list(2, 2)])
    expect(y[0], isNear: [0, 7, 6, 3, 3, 20, 4, 9, 3, 6, 5, 6], shape: [1, 1, 3, 4])
    let spread = try call(
      "Col2Im", opset: 18, [.pattern([1, 8, 9], step: 3, modulus: 7, offset: 0), .list(5, 5), .list(2, 2)],
      attributes: ["pads": .ints([1, 0, 1, 2]), "strides": .ints([2, 2]), "dilations": .ints([2, 1])])
    expect(
      spread[0],
      isNear: [
        0, 0, 0, 0, 0, 7, 5, 6, 4, 5, 0, 0, 0, 0, 0, 4, 9, 3, 8, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 4, 5, 3, 4, 0, 0,
        0,
        0, 0, 3, 8, 9, 7, 8, 0, 0, 0, 0, 0,
      ], shape: [1, 2, 5, 5])
    for (image, block) in [
      ([3, 3], [2, 2]), ([3, 4], [3, 2]), ([3, 4], [0, 2]), ([3, 4], [4]), ([-3, 4], [2, 2]),
    ] {
      #expect(throws: (any Error).self) {
        try call(
          "Col2Im", opset: 18,
          [blocks, .of([image.count], image.map { Int64($0) }), .of([block.count], block.map { Int64($0) })])
      }
    }
  }
}
