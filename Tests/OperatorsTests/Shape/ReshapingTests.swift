import GraphIR
import Operators
import Tensors
import Testing

@Suite("Operators that give the same elements another shape")
struct ReshapingTests {
  @Test(
    "Reshape resolves 0 and -1",
    arguments: [
      ([0, -1], [2, 12]), ([4, 6], [4, 6]), ([-1], [24]), ([0, 0, 2, -1], [2, 3, 2, 2]), ([24, 1, -1], [24, 1, 1]),
    ])
  func reshape(wanted: [Int], expected: [Int]) throws {
    let x = Tensor.counting(2, 3, 4)
    let shape = Tensor.of([wanted.count], wanted.map { Int64($0) })
    let y = try call("Reshape", opset: 13, [x, shape])[0]
    #expect(y.shape.dimensions == expected)
    #expect(y.elements(of: Float.self) == x.elements(of: Float.self))
    let older = try call("Reshape", opset: 4, [x], attributes: ["shape": .ints(wanted.map { Int64($0) })])[0]
    #expect(older.shape.dimensions == expected)
  }

  @Test("Reshape with allowzero keeps a 0")
  func reshapeAllowZero() throws {
    let x = Tensor.counting(0, 3)
    let y = try call("Reshape", opset: 14, [x, .list(7, 0)], attributes: ["allowzero": .int(1)])[0]
    #expect(y.shape.dimensions == [7, 0])
    #expect(throws: OperatorError.self) {
      try call("Reshape", opset: 14, [x, .list(-1, 0)], attributes: ["allowzero": .int(1)])
    }
  }

  @Test(
    "Reshape refuses what does not fit",
    arguments: [[5, -1], [-1, -1], [-2, 12], [25], [0, 0, 0, 0], [Int.max, Int.max], [-1, 0, Int.max]])
  func reshapeRefuses(wanted: [Int]) {
    let shape = Tensor.of([wanted.count], wanted.map { Int64($0) })
    #expect(throws: (any Error).self) { try call("Reshape", opset: 13, [.counting(2, 3, 4), shape]) }
  }

  @Test("Flatten", arguments: [(0, [1, 24]), (1, [2, 12]), (3, [24, 1]), (-1, [6, 4]), (-3, [1, 24])])
  func flatten(axis: Int, expected: [Int]) throws {
    let y = try call("Flatten", opset: 13, [.counting(2, 3, 4)], attributes: ["axis": .int(Int64(axis))])[0]
    #expect(y.shape.dimensions == expected)
  }

  @Test("Flatten refuses an axis outside of the rank", arguments: [4, -4, Int.min])
  func flattenRefuses(axis: Int) {
    #expect(throws: OperatorError.self) {
      try call("Flatten", opset: 13, [.counting(2, 3, 4)], attributes: ["axis": .int(Int64(axis))])
    }
  }

  @Test("Squeeze and Unsqueeze undo each other, with axes as attribute and as input")
  func squeezeUnsqueeze() throws {
    let x = Tensor.counting(3, 4)
    let wide = try call("Unsqueeze", opset: 13, [x, .list(-1, 0, 2)])[0]
    #expect(wide.shape.dimensions == [1, 3, 1, 4, 1])
    let older = try call("Unsqueeze", opset: 11, [x], attributes: ["axes": .ints([0, 2, 4])])[0]
    #expect(older.shape == wide.shape)
    #expect(try call("Squeeze", opset: 13, [wide])[0].shape == x.shape)
    #expect(try call("Squeeze", opset: 13, [wide, .list(0, -1)])[0].shape.dimensions == [3, 1, 4])
    #expect(
      try call("Squeeze", opset: 1, [wide], attributes: ["axes": .ints([2])])[0].shape.dimensions == [1, 3, 4, 1])
    #expect(throws: OperatorError.self) { try call("Squeeze", opset: 13, [wide, .list(1)]) }
    #expect(throws: OperatorError.self) { try call("Unsqueeze", opset: 13, [x, .list(1, 1)]) }
    #expect(throws: OperatorError.self) { try call("Unsqueeze", opset: 13, [x, .list(3)]) }
  }

  @Test("Shape and Size")
  func shapeAndSize() throws {
    let x = Tensor.counting(2, 3, 4)
    #expect(try call("Shape", opset: 13, [x])[0].elements(of: Int64.self) == [2, 3, 4])
    let part = try call("Shape", opset: 15, [x], attributes: ["start": .int(-2), "end": .int(9)])[0]
    #expect(part.elements(of: Int64.self) == [3, 4])
    let none = try call("Shape", opset: 15, [x], attributes: ["start": .int(2), "end": .int(-3)])[0]
    #expect(none.shape.dimensions == [0])
    #expect(try call("Size", opset: 13, [x])[0].elements(of: Int64.self) == [24])
  }
}
