import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnx.reference 1.23.2.
@Suite("LinearAttention, CausalConvWithState")
struct LinearAttentionTests {
  private let query = Tensor.pattern([1, 2, 4], step: 5, modulus: 7, offset: 3, divisor: 2)
  private let key = Tensor.pattern([1, 2, 2], step: 3, modulus: 5, offset: 2, divisor: 2)
  private let value = Tensor.pattern([1, 2, 3], step: 2, modulus: 7, offset: 3, divisor: 2)
  private let state = Tensor.pattern([1, 1, 2, 3], step: 3, modulus: 7, offset: 2, divisor: 2)
  private let decay = Tensor.pattern([1, 2, 2], step: 1, modulus: 3, offset: 2, divisor: 2)
  private let beta = Tensor.of([1, 2, 1], [Float(-0.5), 0])

  private func attend(_ inputs: [Tensor?], _ attributes: [String: Attribute] = [:]) throws -> [Tensor] {
    let heads: [String: Attribute] = ["q_num_heads": .int(2), "kv_num_heads": .int(1)]
    return try call(
      "LinearAttention", opset: 27, inputs, attributes: heads.merging(attributes) { $1 }, outputs: 2)
  }

  @Test("Two query heads on one key head, by the gated delta rule from a past state, and plainly")
  func rules() throws {
    let y = try attend([query, key, value, state, decay, beta])
    expect(
      y[0],
      isNear: [
        1.710985, 0.9933752, -1.975865, -0.3301975, -0.7796104, 0.4596995, -1.320051, -0.07036354, 1.431608, 0.2780532,
        -0.358949, -0.2517175,
      ], shape: [1, 2, 6])
    expect(
      y[1], isNear: [-1.301819, -0.2015394, 1.429455, 0.1717886, 0.4056002, -0.2391633], shape: [1, 1, 2, 3])
    let plain = try attend(
      [query, key, value], ["update_rule": .string(Array("linear".utf8)), "scale": .float(0.5)])
    expect(
      plain[0], isNear: [-1.5, -0.5, 0.5, 0.375, 0.125, -0.125, 0.75, 0.4375, -0.3125, -0.75, 0.6875, -0.0625])
    expect(plain[1], isNear: [0.75, 1, -0.5, 0.75, -1.25, 0.25])
  }

  @Test("Inputs that the rule lacks, and that do not fit")
  func refused() throws {
    #expect(throws: OperatorError.self) { try attend([query, key, value, state, decay]) }
    #expect(throws: OperatorError.self) { try attend([query, key, value, state, nil, beta]) }
    #expect(throws: OperatorError.self) { try attend([query, key, value, nil, decay, .counting(1, 2, 3)]) }
    #expect(throws: OperatorError.self) { try attend([query, key, value, query, decay, beta]) }
    #expect(throws: OperatorError.self) { try attend([query, key, .counting(1, 3, 3), nil, decay, beta]) }
    #expect(throws: OperatorError.self) { try attend([key, key, value, nil, decay, beta]) }
    #expect(throws: OperatorError.self) {
      try attend([query, key, value, nil, decay, beta], ["kv_num_heads": .int(0)])
    }
    #expect(throws: OperatorError.self) { try attend([query, key, value, nil, decay, beta], ["q_num_heads": .int(3)]) }
  }

  @Test("A causal convolution with a state, a bias and an activation")
  func causal() throws {
    let x = Tensor.of([1, 2, 3], [Float(-1.5), 1, 0, -1, 1.5, 0.5])
    let w = Tensor.of([2, 1, 3], [Float(-1), 0.5, -0.5, 1, 0, -1])
    let past = Tensor.of([1, 2, 2], [Float(-0.5), 0.5, 0, -0.5])
    let y = try call("CausalConvWithState", opset: 27, [x, w, .of([2], [Float(0.5), -1]), past], outputs: 2)
    expect(y[0], isNear: [2, -1.25, 2.5, 0, -3, -2.5], shape: [1, 2, 3])
    expect(y[1], isNear: [1, 0, 1.5, 0.5], shape: [1, 2, 2])
    let active = try call(
      "CausalConvWithState", opset: 27, [x, w, nil, past], attributes: ["activation": .string(Array("silu".utf8))])
    expect(active[0], isNear: [1.226362, -0.2590826, 1.761594, 0.7310586, -0.2384059, -0.2736383])
    for inputs in [[x, past], [x, w, .counting(3)], [x, w, nil, x], [.counting(2, 3), w], [x, .counting(2, 1, 0)]] {
      #expect(throws: OperatorError.self) { try call("CausalConvWithState", opset: 27, inputs) }
    }
  }
}
