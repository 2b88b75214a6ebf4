import GraphIR
import Operators
import Tensors
import Testing

@Suite("FlexAttention")
struct FlexAttentionTests {
  private let q = Tensor.pattern([1, 2, 2, 2], step: 5, modulus: 7, offset: 3, divisor: 2)
  private let k = Tensor.pattern([1, 1, 3, 2], step: 3, modulus: 5, offset: 2, divisor: 2)
  private let v = Tensor.pattern([1, 1, 3, 1], step: 2, modulus: 7, offset: 3, divisor: 2)

  private func attend(_ inputs: [Tensor], _ attributes: [String: Attribute] = [:]) throws -> Tensor {
    try call("FlexAttention", domain: "ai.onnx.preview", opset: 1, inputs, attributes: attributes)[0]
  }

  /// Expected values from onnx.reference 1.23.2.
  @Test("Two heads on one key head")
  func heads() throws {
    expect(try attend([q, k, v]), isNear: [-0.9495395, -0.08865237, -0.3520408, -0.004686475], shape: [1, 2, 2, 1])
    expect(try attend([q, k, v], ["scale": .float(2)]), isNear: [-1.11996, 0.3896269, -0.2294882, 0.4376559])
  }

  /// By hand: the mean of the values where all scores are alike; half-precision scores that overflow are infinite.
  @Test("No features, no keys, and scores of another precision")
  func edges() throws {
    let even = try attend([.of([1, 1, 1, 0], [Float]()), .of([1, 1, 3, 0], [Float]()), v])
    expect(even, isNear: [-0.5], shape: [1, 1, 1, 1])
    let none = try attend([q, .of([1, 1, 0, 2], [Float]()), .of([1, 1, 0, 1], [Float]())])
    expect(none, isNear: [0, 0, 0, 0], shape: [1, 2, 2, 1])
    let large = try attend([q, k, v], ["scale": .float(1e6), "softmax_precision": .int(10)])
    #expect(large.elements(of: Float.self).contains { $0.isNaN })
  }

  @Test("Tensors and attributes that do not fit")
  func refused() throws {
    for inputs in [
      [q, k, k.rows(0..<0)], [q, v, v], [q, q, v], [.counting(1, 3, 2, 2), q, q], [q, k, .counting(3, 1)],
    ] {
      #expect(throws: OperatorError.self) { try attend(inputs) }
    }
    #expect(throws: OperatorError.self) { try attend([q, k, v], ["softmax_precision": .int(7)]) }
  }
}
