import GraphIR
import Operators
import Tensors
import Testing

/// Expected values by hand.
@Suite("TensorScatter")
struct TensorScatterTests {
  private let cache = Tensor.counting(2, 4, 1)
  private let update = Tensor.of([2, 2, 1], [Float(-1), -2, -3, -4])
  private let circular: [String: Attribute] = ["mode": .string(Array("circular".utf8))]

  @Test("From the start, from given places, and around the end")
  func places() throws {
    let first = try call("TensorScatter", opset: 24, [cache, update])[0]
    #expect(first.elements(of: Float.self) == [-1, -2, 2, 3, -3, -4, 6, 7])
    let given = try call("TensorScatter", opset: 24, [cache, update, .list(2, 1)])[0]
    #expect(given.elements(of: Float.self) == [0, 1, -1, -2, 4, -3, -4, 7])
    let around = try call("TensorScatter", opset: 24, [cache, update, .list(3, 5)], attributes: circular)[0]
    #expect(around.elements(of: Float.self) == [-2, 1, 2, -1, 4, -3, -4, 7])
    #expect(
      try call("TensorScatter", opset: 24, [cache, update, .list(.max, 0)], attributes: circular)[0]
        .elements(of: Float.self) == [-2, 1, 2, -1, -3, -4, 6, 7])
    let none = try call("TensorScatter", opset: 24, [cache, .of([2, 0, 1], [Float]()), .list(4, 0)])[0]
    #expect(none.elements(of: Float.self) == cache.elements(of: Float.self))
  }

  @Test("Places outside, and updates that do not fit")
  func refused() throws {
    for places in [Tensor.list(3, 0), .list(-1, 0), .list(0), .list(.max, 0)] {
      #expect(throws: OperatorError.self) { try call("TensorScatter", opset: 24, [cache, update, places]) }
    }
    for wrong in [Tensor.counting(2, 5, 1), .counting(2, 2), .counting(1, 2, 1), .of([2, 1, 1], [Int64(0), 1])] {
      #expect(throws: OperatorError.self) { try call("TensorScatter", opset: 24, [cache, wrong]) }
    }
    for axis in [Int64(0), 3, -3] {
      #expect(throws: OperatorError.self) {
        try call("TensorScatter", opset: 24, [cache, update], attributes: ["axis": .int(axis)])
      }
    }
  }
}
