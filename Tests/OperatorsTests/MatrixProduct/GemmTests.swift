import GraphIR
import Operators
import Tensors
import Testing

@Suite("Gemm")
struct GemmTests {
  /// Expected values from onnxruntime 1.32.
  @Test(
    "Transposed operands, factors and broadcast C",
    arguments: [
      ([2, 3], [3, 4], [4], [:], [5, -6, 5, -9, 5, -7, 3, -7]),
      ([2, 3], [3, 4], [2, 1], [:], [5, -8, 4, -9, 7, -7, 4, -5]),
      ([2, 3], [3, 4], [1, 1], ["beta": .float(2)], [4, -9, 3, -10, 4, -10, 1, -8]),
      ([3, 2], [3, 4], [2, 4], ["transA": .int(1)], [11, -2, -3, -4, -1, 6, -7, 8]),
      ([2, 3], [4, 3], [], ["transB": .int(1), "alpha": .float(0.5)], [3, -4, -3.5, -3, 2, -4, -2.5, -3.5]),
      (
        [3, 2], [4, 3], [4], ["transA": .int(1), "transB": .int(1), "alpha": .float(2), "beta": .float(0.5)],
        [5.5, -23.5, 6, 5.5, -14.5, 4.5, 12, 9.5]
      ),
      ([2, 3], [3, 9], nil, [:], [6, -7, 5, -8, 4, 6, -7, 5, -8, 6, -8, 3, -6, 5, 6, -8, 3, -6]),
      ([1, 3], [3, 1], [1], ["alpha": .float(0.5)], [3]),
    ] as [([Int], [Int], [Int]?, [String: Attribute], [Double])])
  func values(a: [Int], b: [Int], c: [Int]?, attributes: [String: Attribute], expected: [Double]) throws {
    let inputs: [Tensor?] = [
      .pattern(a, step: 5, modulus: 7, offset: 3), .pattern(b, step: 3, modulus: 5, offset: 2),
      c.map { .pattern($0, step: 2, modulus: 3, offset: 1) },
    ]
    for outcome in try callEveryWay("Gemm", opset: 13, inputs, attributes: attributes) {
      #expect(outcome.values == expected, "\(outcome.way)")
    }
  }

  @Test("Integers; factors other than 1 drop fractions")
  func integers() throws {
    let (a, b, c) = (
      Tensor.of([1, 2], [3, -4] as [Int64]), Tensor.of([2, 2], [1, 2, 5, 6] as [Int64]),
      Tensor.of([2], [100, 7] as [Int64])
    )
    #expect(try call("Gemm", opset: 9, [a, b, c])[0].elements(of: Int64.self) == [83, -11])
    // 0.5 · (-17, -18) + 1 · (100, 7)
    let halved = try call("Gemm", opset: 9, [a, b, c], attributes: ["alpha": .float(0.5)])[0]
    #expect(halved.elements(of: Int64.self) == [91, -2])
  }

  @Test("Before version 7 C broadcasts only where the attribute says so")
  func broadcastAttribute() throws {
    let inputs = [Tensor.counting(2, 2), .counting(2, 2), .counting(2)]
    #expect(throws: OperatorError.self) { try call("Gemm", opset: 6, inputs) }
    let y = try call("Gemm", opset: 6, inputs, attributes: ["broadcast": .int(1)])[0]
    // [[0, 1], [2, 3]]² + [0, 1]
    #expect(y.elements(of: Float.self) == [2, 4, 6, 12])
  }

  @Test("Inputs that do not fit are refused")
  func refusals() {
    let a = Tensor.counting(2, 3)
    for inputs in [
      [a, Tensor.counting(2, 3), nil], [a, .counting(3), nil], [a, .counting(3, 4), .counting(3)],
      [a, .counting(3, 4), .counting(2, 2, 4)], [a, .of([3, 4], [Double](repeating: 0, count: 12)), nil],
      [.of([1, 1], [UInt8(1)]), .of([1, 1], [UInt8(1)]), nil],
    ] {
      #expect(throws: OperatorError.self) { try call("Gemm", opset: 13, inputs) }
    }
    #expect(throws: OperatorError.self) { try call("Gemm", opset: 9, [a, .counting(3, 4)]) }
  }
}
