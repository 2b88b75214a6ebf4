import GraphIR
import Operators
import Tensors
import Testing

@Suite("Attention")
struct AttentionTests {
  private let q = Tensor.of([1, 2, 2, 2], [Float]([-1, 0.5, -0.5, 1, 0, -1, 0.5, -0.5]))
  private let k = Tensor.of([1, 1, 3, 2], [Float]([-1.5, 1, 0, -1, 1.5, 0.5]))
  private let v = Tensor.counting(1, 1, 3, 2)

  private func attend(
    _ inputs: [Tensor?], _ attributes: [String: Attribute] = [:], opset: Int = 24, outputs: Int = 1
  ) throws -> [Tensor] { try call("Attention", opset: opset, inputs, attributes: attributes, outputs: outputs) }

  private func isClose(_ tensor: Tensor, _ expected: [Float]) -> Bool {
    tensor.count == expected.count && zip(tensor.elements(of: Float.self), expected).allSatisfy { abs($0 - $1) < 2e-6 }
  }

  /// Expected values from NumPy 2: softmax(q kᵀ / √2 + bias) v with the key head repeated, rounded to 1e-6.
  @Test("Two query heads on one key head, with each kind of bias")
  func values() throws {
    let plain = try attend([q, k, v])[0]
    #expect(plain.shape.dimensions == [1, 2, 2, 2])
    #expect(isClose(plain, [0.584682, 1.584682, 0.90795, 1.90795, 2.129752, 3.129752, 2.619942, 3.619942]))
    let causal = try attend([q, k, v], ["is_causal": .int(1)])[0]
    #expect(isClose(causal, [0, 1, 0.250299, 1.250299, 0, 1, 1.550235, 2.550235]))
    let mask = Tensor.of([2, 3], [true, false, true, false, false, false])
    let masked = try attend([q, k, v, mask])[0]
    #expect(isClose(masked, [0.365123, 1.365123, 0, 0, 2.349916, 3.349916, 0, 0]))
    let capped = try attend(
      [q, k, v, .of([3], [Float]([0.5, 0, -1]))], ["softcap": .float(0.5), "qk_matmul_output_mode": .int(3)],
      outputs: 4)
    #expect(isClose(capped[0], [0.65106, 1.65106, 0.691439, 1.691439, 1.455624, 2.455624, 1.63242, 2.63242]))
    #expect(
      isClose(
        capped[3],
        [
          0.736914, 0.200642, 0.062444, 0.73931, 0.175662, 0.085029, 0.36614, 0.539909, 0.093951, 0.356779, 0.470233,
          0.172989,
        ]))
  }

  @Test("Past keys and values come first, and padding is not seen")
  func cache() throws {
    let plain = try attend([q, k, v])[0].elements(of: Float.self)
    let past = try attend(
      [
        q, .of([1, 1, 1, 2], [Float]([1.5, 0.5])), .of([1, 1, 1, 2], [Float]([4, 5])), nil,
        .of([1, 1, 2, 2], [Float]([-1.5, 1, 0, -1])), .counting(1, 1, 2, 2),
      ], outputs: 3)
    #expect(isClose(past[0], plain))
    #expect(past[1].elements(of: Float.self) == k.elements(of: Float.self))
    #expect(past[2].elements(of: Float.self) == v.elements(of: Float.self))
    let padded = try attend([
      q, .of([1, 1, 4, 2], [Float]([-1.5, 1, 0, -1, 1.5, 0.5, 9, 9])), .counting(1, 1, 4, 2), nil, nil, nil, .list(3),
    ])[0]
    #expect(isClose(padded, plain))
  }

  @Test("Three axes with the heads side by side")
  func threeAxes() throws {
    let plain = try attend([q, k, v])[0].elements(of: Float.self)
    let sideBySide = Tensor.of([1, 2, 4], [Float]([-1, 0.5, 0, -1, -0.5, 1, 0.5, -0.5]))
    let y = try attend(
      [sideBySide, try k.reshaped(to: Shape([1, 3, 2])), try v.reshaped(to: Shape([1, 3, 2]))],
      ["q_num_heads": .int(2), "kv_num_heads": .int(1)])[0]
    #expect(y.shape.dimensions == [1, 2, 4])
    #expect(isClose(y, [0, 1, 4, 5, 2, 3, 6, 7].map { plain[$0] }))
  }

  @Test("A window of no key to the left and none to the right leaves a query its own place")
  func window() throws {
    let y = try attend([q, k, v], ["left_window_size": .int(0), "right_window_size": .int(0)], opset: 25)[0]
    #expect(y.elements(of: Float.self) == [0, 1, 2, 3, 0, 1, 2, 3])
  }

  @Test("What does not fit is refused")
  func refuses() {
    #expect(throws: OperatorError.self) { try attend([q, k, .counting(1, 1, 2, 2)]) }
    #expect(throws: OperatorError.self) { try attend([q, .counting(1, 1, 3, 3), v]) }
    #expect(throws: OperatorError.self) { try attend([q, k, v, .counting(2, 4)]) }
    #expect(throws: OperatorError.self) { try attend([q, k, v, nil, k]) }
    #expect(throws: OperatorError.self) { try attend([q, k, v, nil, nil, nil, .list(4)]) }
    #expect(throws: OperatorError.self) { try attend([q, k, v], ["kv_num_heads": .int(0)]) }
    #expect(throws: OperatorError.self) { try attend([q, k, v], ["qk_matmul_output_mode": .int(4)]) }
    #expect(throws: OperatorError.self) { try attend([.counting(1, 2, 4), .counting(1, 3, 2), .counting(1, 3, 2)]) }
    #expect(throws: OperatorError.self) { try attend([.counting(2), k, v]) }
  }
}
