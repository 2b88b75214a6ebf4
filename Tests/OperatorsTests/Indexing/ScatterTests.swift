import GraphIR
import Operators
import Tensors
import Testing

@Suite("Scatter and its kin")
struct ScatterTests {
  /// Expected values from the example in the ONNX specification.
  @Test("ScatterElements along both axes", arguments: ["ScatterElements", "Scatter"])
  func scatterElements(name: String) throws {
    let data = Tensor.of([3, 3], [Float](repeating: 0, count: 9))
    let indices = Tensor.of([2, 3], [Int64]([1, 0, 2, 0, 2, 1]))
    let updates = Tensor.of([2, 3], [Float]([1, 1.1, 1.2, 2, 2.1, 2.2]))
    let y = try call(name, opset: 11, [data, indices, updates])[0]
    #expect(y.elements(of: Float.self) == [2, 1.1, 0, 1, 0, 2.2, 0, 2.1, 1.2])
    let row = Tensor.of([1, 5], [Float]([1, 2, 3, 4, 5]))
    let along1 = try call(
      name, opset: 11, [row, .of([1, 2], [Int64]([1, -2])), .of([1, 2], [Float]([1.1, 2.1]))],
      attributes: ["axis": .int(1)])[0]
    #expect(along1.elements(of: Float.self) == [1, 1.1, 3, 2.1, 5])
  }

  @Test(
    "Each reduction, onto one place several times",
    arguments: [("none", [3, 4]), ("add", [7, 7]), ("mul", [12, 12]), ("max", [3, 4]), ("min", [2, 3])])
  func reductions(name: String, expected: [Int32]) throws {
    let data = Tensor.of([2], [Int32]([2, 3]))
    let updates = Tensor.of([3], [Int32]([2, 3, 4]))
    let attributes: [String: Attribute] = ["reduction": .string(Array(name.utf8))]
    let y = try call("ScatterElements", opset: 18, [data, .list(0, 0, 1), updates], attributes: attributes)[0]
    #expect(y.elements(of: Int32.self) == expected)
    let tuples = Tensor.of([3, 1], [Int64]([0, 0, 1]))
    let nd = try call("ScatterND", opset: 18, [data, tuples, updates], attributes: attributes)[0]
    #expect(nd.elements(of: Int32.self) == expected)
  }

  @Test("ScatterND of slices and of strings")
  func slices() throws {
    let y = try call(
      "ScatterND", opset: 13, [.counting(3, 2), .of([1, 1], [Int64]([-1])), .of([1, 2], [Float]([8, 9]))])[0]
    #expect(y.elements(of: Float.self) == [0, 1, 2, 3, 8, 9])
    let words = Tensor(try Shape([2]), strings: ["a", "b"])
    let new = Tensor(try Shape([1]), strings: ["c"])
    #expect(try call("ScatterND", opset: 13, [words, .of([1, 1], [Int64]([1])), new])[0].strings == ["a", "c"])
  }

  @Test("Indices and updates that do not fit are refused")
  func refuses() {
    let data = Tensor.counting(2, 2)
    let one = Tensor.counting(1, 2)
    #expect(throws: OperatorError.self) { try call("ScatterND", opset: 13, [data, .of([1, 1], [Int64]([2])), one]) }
    #expect(throws: OperatorError.self) {
      try call("ScatterND", opset: 13, [data, .of([1, 2], [Int64]([0, 0])), one])
    }
    #expect(throws: OperatorError.self) { try call("ScatterND", opset: 13, [data, .of([3, 0], [Int64]()), one]) }
    #expect(throws: OperatorError.self) {
      try call("ScatterND", opset: 13, [data, .of([1, 1], [Int64]([0])), .of([1, 2], [Int64]([1, 1]))])
    }
    #expect(throws: OperatorError.self) {
      try call("ScatterElements", opset: 13, [data, .of([1, 2], [Int64]([0, 2])), one])
    }
    #expect(throws: OperatorError.self) {
      try call("ScatterElements", opset: 13, [data, .of([2, 1], [Int64]([0, 0])), one])
    }
    #expect(throws: OperatorError.self) {
      try call(
        "ScatterND", opset: 16, [data, .of([1, 1], [Int64]([0])), one],
        attributes: ["reduction": .string(Array("max".utf8))])
    }
  }
}
