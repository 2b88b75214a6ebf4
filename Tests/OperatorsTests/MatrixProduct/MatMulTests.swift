import GraphIR
import Operators
import Tensors
import Testing

@Suite("MatMul")
struct MatMulTests {
  /// Expected values from onnxruntime 1.32.
  @Test(
    "Matrices, vectors and stacks of matrices",
    arguments: [
      ([2, 3], [3, 4], [2, 4], [6, -7, 5, -8, 6, -8, 3, -6]),
      ([3], [3], [], [8]),
      ([3], [2, 3, 2], [2, 2], [4, 1, 1, 3]),
      ([2, 2, 3], [3], [2, 2], [8, 6, -3, -5]),
      ([2, 1, 2, 3], [2, 3, 2], [2, 2, 2, 2], [4, 1, 1, 2, 1, 3, 2, 3, 5, -11, 2, -10, -11, 3, -10, 3]),
      ([3, 2, 4], [1, 4, 2], [3, 2, 2], [2, 3, -10, 10, -1, 3, 1, 3, 3, -11, 5, -11]),
      ([1, 2, 3], [2, 3, 1], [2, 2, 1], [8, 6, -6, -6]),
      ([2, 1, 3], [3, 9], [2, 1, 9], [6, -7, 5, -8, 4, 6, -7, 5, -8, 6, -8, 3, -6, 5, 6, -8, 3, -6]),
    ] as [([Int], [Int], [Int], [Double])])
  func values(a: [Int], b: [Int], shape: [Int], expected: [Double]) throws {
    let inputs: [Tensor?] = [
      .pattern(a, step: 5, modulus: 7, offset: 3), .pattern(b, step: 3, modulus: 5, offset: 2),
    ]
    for outcome in try callEveryWay("MatMul", opset: 13, inputs) {
      #expect(outcome.shape == shape, "\(outcome.way)")
      #expect(outcome.values == expected, "\(outcome.way)")
    }
  }

  @Test("Integers wrap around as in NumPy")
  func integers() throws {
    let y = try call("MatMul", opset: 9, [.of([1, 2], [Int32.max, 2]), .of([2, 1], [2 as Int32, 1])])[0]
    // 2 · (2³¹ - 1) + 2 = 2³² wraps to 0.
    #expect(y.elements(of: Int32.self) == [0])
    let z = try call("MatMul", opset: 9, [.of([2], [UInt64(1) << 63, 3]), .of([2], [UInt64(1), 5])])[0]
    #expect(z.elements(of: UInt64.self) == [(1 << 63) + 15])
  }

  @Test("Empty extents give an empty or a zero product")
  func emptyExtents() throws {
    #expect(try call("MatMul", opset: 13, [.counting(0, 3), .counting(3, 2)])[0].shape.dimensions == [0, 2])
    let zeros = try call("MatMul", opset: 13, [.counting(2, 0), .counting(0, 3)])[0]
    #expect(zeros.elements(of: Float.self) == [0, 0, 0, 0, 0, 0])
  }

  @Test("Inputs that do not fit are refused")
  func refusals() {
    for (a, b) in [
      (Tensor.counting(2, 3), Tensor.counting(2, 3)), (.counting(2, 3), .counting()), (.counting(3), .counting(2)),
      (.counting(2, 1, 3), .counting(3, 3, 2)), (.of([1], [true]), .of([1], [true])),
    ] {
      #expect(throws: OperatorError.self) { try call("MatMul", opset: 13, [a, b]) }
    }
  }
}
