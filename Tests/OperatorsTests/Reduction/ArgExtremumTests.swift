import GraphIR
import Operators
import Tensors
import Testing

@Suite("ArgMax and ArgMin")
struct ArgExtremumTests {
  private let x = Tensor.of([2, 3], [Float]([2, 5, 5, -1, 3, -1]))

  private func run(_ name: String, _ attributes: [String: Attribute]) throws -> [Int64] {
    try call(name, opset: 13, [x], attributes: attributes)[0].elements(of: Int64.self)
  }

  /// By hand; ties go to the first position, or to the last where that is asked for.
  @Test("Ties, axes and shapes")
  func values() throws {
    #expect(try run("ArgMax", ["axis": .int(1)]) == [1, 1])
    #expect(try run("ArgMax", ["axis": .int(-1), "select_last_index": .int(1)]) == [2, 1])
    #expect(try run("ArgMin", ["axis": .int(1)]) == [0, 0])
    #expect(try run("ArgMin", ["axis": .int(1), "select_last_index": .int(1)]) == [0, 2])
    #expect(try run("ArgMax", [:]) == [0, 0, 0])
    #expect(try call("ArgMax", opset: 13, [x])[0].shape.dimensions == [1, 3])
    #expect(try call("ArgMax", opset: 13, [x], attributes: ["keepdims": .int(0)])[0].shape.dimensions == [3])
  }

  @Test("A NaN wins, as it does in NumPy")
  func nan() throws {
    let x = Tensor.of([3], [Float(1), .nan, 7])
    #expect(try call("ArgMax", opset: 13, [x])[0].elements(of: Int64.self) == [1])
    #expect(try call("ArgMin", opset: 13, [x])[0].elements(of: Int64.self) == [1])
  }

  @Test("An empty axis and one outside of the rank are refused")
  func refuses() {
    #expect(throws: OperatorError.self) { try call("ArgMax", opset: 13, [.counting(0, 2)]) }
    #expect(throws: (any Error).self) { try call("ArgMax", opset: 13, [x], attributes: ["axis": .int(2)]) }
    #expect(throws: (any Error).self) { try call("ArgMax", opset: 13, [.counting()]) }
  }
}
