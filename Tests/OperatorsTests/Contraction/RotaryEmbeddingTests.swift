import GraphIR
import Operators
import Tensors
import Testing

@Suite("RotaryEmbedding")
struct RotaryEmbeddingTests {
  private let x = Tensor.pattern([1, 2, 2, 4], step: 3, modulus: 11, offset: 5, divisor: 2)
  private let cosines = Tensor.pattern([3, 2], step: 2, modulus: 5, offset: 2, divisor: 4)
  private let sines = Tensor.pattern([3, 2], step: 3, modulus: 5, offset: 2, divisor: 4)
  private let positions = Tensor.of([1, 2], [Int64(2), 0])

  /// Expected values from onnxruntime 1.32.
  @Test("Pairs of halves and of neighbours")
  func pairs() throws {
    let halves = try call("RotaryEmbedding", opset: 23, [x, cosines, sines, positions])
    expect(
      halves[0],
      isNear: [
        -0.625, 1.5, 0.125, -0.5, 1.5, -0.625, 0.5, -0.125, -0.375, -1.25, 0.375, 1.25, 1.5, 0.5, -0.5, 0.125,
      ], shape: [1, 2, 2, 4])
    let neighbours = try call(
      "RotaryEmbedding", opset: 23, [x, cosines, sines, positions], attributes: ["interleaved": .int(1)])
    expect(
      neighbours[0],
      isNear: [
        -0.625, -0.25, 0.75, -1.25, 0.75, 1.25, -0.625, 0.25, -0.375, 0, -2, 0.5, 0.75, 0.25, 0.5, 0.5,
      ])
  }

  /// Expected values from onnx.reference 1.23.2.
  @Test("Three axes, a part of the features, and a row of angles for each token")
  func part() throws {
    func rows(_ table: Tensor) -> Tensor {
      let values = table.elements(of: Float.self)
      return .of([1, 2, 1], [values[4], values[0]])
    }
    let tokens = try x.reshaped(to: Shape([1, 2, 8]))
    let y = try call(
      "RotaryEmbedding", opset: 23, [tokens, rows(cosines), rows(sines)],
      attributes: ["num_heads": .int(2), "rotary_embedding_dim": .int(2)])
    expect(
      y[0],
      isNear: [
        -0.625, -0.25, 0.5, 2, -0.5, -0.125, 1, 2.5, 0.75, 0.75, 1.5, -2.5, 0.75, 0.25, 2, -2,
      ], shape: [1, 2, 8])
    for attributes: [String: Attribute] in [
      [:], ["num_heads": .int(3)], ["num_heads": .int(2)], ["num_heads": .int(2), "rotary_embedding_dim": .int(3)],
      ["num_heads": .int(2), "rotary_embedding_dim": .int(6)],
    ] {
      #expect(throws: OperatorError.self) {
        try call("RotaryEmbedding", opset: 23, [tokens, rows(cosines), rows(sines)], attributes: attributes)
      }
    }
  }

  @Test("Positions that the tables lack, and tables that do not fit")
  func refused() throws {
    for wrong in [Int64(3), -1, .max] {
      #expect(throws: OperatorError.self) {
        try call("RotaryEmbedding", opset: 23, [x, cosines, sines, .of([1, 2], [wrong, 0])])
      }
    }
    #expect(throws: OperatorError.self) { try call("RotaryEmbedding", opset: 23, [x, cosines, sines]) }
    #expect(throws: OperatorError.self) {
      try call("RotaryEmbedding", opset: 23, [x, cosines, cosines.rows(0..<1), positions])
    }
    #expect(throws: OperatorError.self) { try call("RotaryEmbedding", opset: 23, [x, cosines, sines, .list(2, 0)]) }
  }
}
