import GraphIR
import Operators
import Tensors
import Testing

@Suite("TopK and Unique")
struct OrderingTests {
  private let x = Tensor.of([2, 4], [Float]([3, 7, 7, 1, -2, 0, .nan, 5]))

  /// By hand: equal elements in the order of their positions, NaN above all numbers.
  @Test("TopK of the largest and of the smallest")
  func topK() throws {
    let largest = try call("TopK", opset: 11, [x, .list(3)], outputs: 2)
    #expect(largest[1].elements(of: Int64.self) == [1, 2, 0, 2, 3, 1])
    #expect(Array(largest[0].elements(of: Float.self).prefix(3)) == [7, 7, 3])
    let smallest = try call("TopK", opset: 11, [x, .list(4)], attributes: ["largest": .int(0)], outputs: 2)
    #expect(smallest[1].elements(of: Int64.self) == [3, 0, 1, 2, 0, 1, 3, 2])
    let columns = try call("TopK", opset: 1, [x], attributes: ["axis": .int(0), "k": .int(1)], outputs: 2)
    #expect(columns[1].elements(of: Int64.self) == [0, 0, 1, 1])
    #expect(columns[1].shape.dimensions == [1, 4])
    let none = try call("TopK", opset: 11, [x, .list(0)], outputs: 2)
    #expect(none[0].shape.dimensions == [2, 0])
  }

  @Test("TopK refuses more than there are", arguments: [5, -1, Int.max])
  func topKRefuses(count: Int) {
    #expect(throws: OperatorError.self) { try call("TopK", opset: 11, [x, .list(count)], outputs: 2) }
    #expect(throws: OperatorError.self) { try call("TopK", opset: 9, [x], outputs: 2) }
  }

  /// Expected values from the examples in the ONNX specification.
  @Test("Unique elements, sorted and in order")
  func uniqueElements() throws {
    let x = Tensor.of([6], [Float]([2, 1, 1, 3, 4, 3]))
    let inOrder = try call("Unique", opset: 11, [x], attributes: ["sorted": .int(0)], outputs: 4)
    #expect(inOrder[0].elements(of: Float.self) == [2, 1, 3, 4])
    #expect(inOrder[1].elements(of: Int64.self) == [0, 1, 3, 4])
    #expect(inOrder[2].elements(of: Int64.self) == [0, 1, 1, 2, 3, 2])
    #expect(inOrder[3].elements(of: Int64.self) == [1, 2, 2, 1])
    let sorted = try call("Unique", opset: 11, [x], outputs: 4)
    #expect(sorted[0].elements(of: Float.self) == [1, 2, 3, 4])
    #expect(sorted[1].elements(of: Int64.self) == [1, 0, 3, 4])
    #expect(sorted[2].elements(of: Int64.self) == [1, 0, 0, 2, 3, 2])
    let words = Tensor(try Shape([2, 2]), strings: ["b", "a", "a", "b"])
    #expect(try call("Unique", opset: 11, [words])[0].strings == ["a", "b"])
  }

  /// Expected values from the examples in the ONNX specification.
  @Test("Unique rows and columns")
  func uniqueSlices() throws {
    let rows = Tensor.of([3, 3], [Float]([1, 0, 0, 1, 0, 0, 2, 3, 4]))
    let byRow = try call("Unique", opset: 11, [rows], attributes: ["axis": .int(0)], outputs: 4)
    #expect(byRow[0].elements(of: Float.self) == [1, 0, 0, 2, 3, 4])
    #expect(byRow[1].elements(of: Int64.self) == [0, 2])
    #expect(byRow[2].elements(of: Int64.self) == [0, 0, 1])
    #expect(byRow[3].elements(of: Int64.self) == [2, 1])
    let blocks = Tensor.of([2, 4, 2], [Float]([1, 1, 0, 1, 2, 1, 0, 1, 1, 1, 0, 1, 2, 1, 0, 1]))
    let along1 = try call("Unique", opset: 11, [blocks], attributes: ["axis": .int(1)], outputs: 4)
    #expect(along1[0].shape.dimensions == [2, 3, 2])
    #expect(along1[0].elements(of: Float.self) == [0, 1, 1, 1, 2, 1, 0, 1, 1, 1, 2, 1])
    #expect(along1[1].elements(of: Int64.self) == [1, 0, 2])
    #expect(along1[2].elements(of: Int64.self) == [1, 0, 2, 0])
    #expect(along1[3].elements(of: Int64.self) == [2, 1, 1])
  }
}
