import GraphIR
import Operators
import Tensors
import Testing

@Suite("Gather and its kin")
struct GatherTests {
  @Test("Gather along both axes, with negative indices, of any type")
  func gather() throws {
    let x = Tensor.counting(3, 2)
    let rows = try call("Gather", opset: 13, [x, .of([2, 1], [Int64]([2, -3]))])[0]
    #expect(rows.shape.dimensions == [2, 1, 2])
    #expect(rows.elements(of: Float.self) == [4, 5, 0, 1])
    let column = try call("Gather", opset: 13, [x, Tensor(scalar: Int32(1))], attributes: ["axis": .int(-1)])[0]
    #expect(column.shape.dimensions == [3])
    #expect(column.elements(of: Float.self) == [1, 3, 5])
    let words = Tensor(try Shape([2]), strings: ["a", "b"])
    #expect(try call("Gather", opset: 13, [words, .list(1, 1, 0)])[0].strings == ["b", "b", "a"])
    let none = try call("Gather", opset: 13, [x, .of([0], [Int64]())])[0]
    #expect(none.shape.dimensions == [0, 2])
  }

  @Test("Indices outside of the axis, of the wrong type, and an axis outside of the rank are refused")
  func refuses() {
    let x = Tensor.counting(3, 2)
    for index in [3, -4, .max, .min] as [Int] {
      #expect(throws: OperatorError.self) { try call("Gather", opset: 13, [x, .list(index)]) }
    }
    #expect(throws: OperatorError.self) { try call("Gather", opset: 13, [x, .counting(1)]) }
    #expect(throws: (any Error).self) { try call("Gather", opset: 13, [x, .list(0)], attributes: ["axis": .int(2)]) }
  }

  /// Expected values from the examples in the ONNX specification.
  @Test("GatherElements")
  func gatherElements() throws {
    let data = Tensor.of([3, 3], [Float](stride(from: 1, through: 9, by: 1)))
    let indices = Tensor.of([2, 3], [Int64]([1, 2, 0, 2, 0, 0]))
    let y = try call("GatherElements", opset: 13, [data, indices])[0]
    #expect(y.elements(of: Float.self) == [4, 8, 3, 7, 2, 3])
    let negative = Tensor.of([2, 3], [Int64]([-1, -2, 0, -2, 0, 0]))
    #expect(try call("GatherElements", opset: 13, [data, negative])[0].elements(of: Float.self) == [7, 5, 3, 4, 2, 3])
    #expect(throws: OperatorError.self) { try call("GatherElements", opset: 13, [data, .list(0)]) }
    #expect(throws: OperatorError.self) {
      try call("GatherElements", opset: 13, [data, .of([1, 4], [Int64]([0, 0, 0, 0]))])
    }
  }

  /// Expected values from the examples in the ONNX specification.
  @Test("GatherND, with and without a batch")
  func gatherND() throws {
    let data = Tensor.of([2, 2, 2], [Int32](0...7))
    let pairs = try call("GatherND", opset: 13, [data, .of([2, 1, 2], [Int64]([0, 1, 1, 0]))])[0]
    #expect(pairs.shape.dimensions == [2, 1, 2])
    #expect(pairs.elements(of: Int32.self) == [2, 3, 4, 5])
    let batch = try call(
      "GatherND", opset: 13, [data, .of([2, 1], [Int64]([1, 0]))], attributes: ["batch_dims": .int(1)])[0]
    #expect(batch.shape.dimensions == [2, 2])
    #expect(batch.elements(of: Int32.self) == [2, 3, 4, 5])
    for batchAxes in [-1, 2, 7] as [Int64] {
      #expect(throws: OperatorError.self) {
        try call(
          "GatherND", opset: 13, [data, .of([2, 1], [Int64]([1, 0]))], attributes: ["batch_dims": .int(batchAxes)])
      }
    }
    #expect(throws: OperatorError.self) {
      try call("GatherND", opset: 13, [data, .of([1, 4], [Int64]([0, 0, 0, 0]))])
    }
    #expect(throws: OperatorError.self) { try call("GatherND", opset: 13, [data, .of([1, 1], [Int64]([2]))]) }
  }

  @Test("Compress, OneHot and NonZero")
  func selection() throws {
    let x = Tensor.of([3, 2], [Float]([1, 0, 3, 4, 0, 6]))
    let rows = try call("Compress", opset: 11, [x, .of([2], [false, true])], attributes: ["axis": .int(0)])[0]
    #expect(rows.elements(of: Float.self) == [3, 4])
    let elements = try call("Compress", opset: 11, [x, .of([5], [false, true, false, false, true])])[0]
    #expect(elements.elements(of: Float.self) == [0, 0])
    #expect(throws: OperatorError.self) {
      try call("Compress", opset: 11, [x, .of([4], [true, true, true, true])], attributes: ["axis": .int(0)])
    }
    let found = try call("NonZero", opset: 13, [x])[0]
    #expect(found.shape.dimensions == [2, 4])
    #expect(found.elements(of: Int64.self) == [0, 1, 1, 2, 0, 0, 1, 1])
    let hot = try call(
      "OneHot", opset: 11, [.list(1, -1, 5), Tensor(scalar: Int64(3)), .of([2], [Int32]([0, 9]))])[0]
    #expect(hot.elements(of: Int32.self) == [0, 9, 0, 0, 0, 9, 0, 0, 0])
    let first = try call(
      "OneHot", opset: 11, [.list(1, 0), .counting(1), .of([2], [Int32]([0, 9]))], attributes: ["axis": .int(0)])[0]
    #expect(first.shape.dimensions == [0, 2])
    #expect(throws: OperatorError.self) {
      try call("OneHot", opset: 11, [.list(1), Tensor(scalar: Int64(-3)), .of([2], [Int32]([0, 9]))])
    }
  }
}
