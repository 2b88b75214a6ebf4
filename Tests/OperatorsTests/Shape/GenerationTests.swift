import GraphIR
import Operators
import Tensors
import Testing

@Suite("Operators that make tensors, and running sums")
struct GenerationTests {
  @Test("Constant from each kind of attribute")
  func constant() throws {
    func constant(_ name: String, _ value: Attribute) throws -> Tensor {
      try call("Constant", opset: 13, [], attributes: [name: value])[0]
    }
    #expect(try constant("value", .tensor(.list(4))).elements(of: Int64.self) == [4])
    #expect(try constant("value_float", .float(1.5)).elements(of: Float.self) == [1.5])
    #expect(try constant("value_floats", .floats([1, 2])).shape.dimensions == [2])
    #expect(try constant("value_int", .int(-3)).elements(of: Int64.self) == [-3])
    #expect(try constant("value_ints", .ints([7, 8])).elements(of: Int64.self) == [7, 8])
    #expect(try constant("value_string", .string(Array("a".utf8))).strings == ["a"])
    #expect(try constant("value_strings", .strings([Array("a".utf8)])).shape.dimensions == [1])
    #expect(throws: OperatorError.self) { try constant("other", .int(1)) }
    #expect(throws: OperatorError.self) {
      try call("Constant", opset: 13, [], attributes: ["value_int": .int(1), "value_float": .float(1)])
    }
  }

  @Test("ConstantOfShape")
  func constantOfShape() throws {
    let zeros = try call("ConstantOfShape", opset: 9, [.list(2, 1)])[0]
    #expect(zeros.elements(of: Float.self) == [0, 0])
    let ones = try call("ConstantOfShape", opset: 9, [.list(3)], attributes: ["value": .tensor(.of([1], [true]))])[0]
    #expect(ones.elements(of: Bool.self) == [true, true, true])
    #expect(try call("ConstantOfShape", opset: 9, [.of([0], [Int64]())])[0].shape == .scalar)
    #expect(throws: (any Error).self) { try call("ConstantOfShape", opset: 9, [.list(-1)]) }
    #expect(throws: (any Error).self) { try call("ConstantOfShape", opset: 9, [.list(1 << 40)]) }
  }

  @Test("ConstantFill takes its shape from an attribute, an input's elements or its shape")
  func constantFill() throws {
    func fill(_ inputs: [Tensor], _ attributes: [String: Attribute]) throws -> Tensor {
      try call("ConstantFill", opset: 6, inputs, attributes: attributes)[0]
    }
    #expect(try fill([], ["shape": .ints([2, 1]), "value": .float(1.5)]).elements(of: Float.self) == [1.5, 1.5])
    let elements = try fill([.list(1, 2)], ["input_as_shape": .int(1), "extra_shape": .ints([3]), "dtype": .int(6)])
    #expect(elements.shape.dimensions == [1, 2, 3])
    #expect(elements.elements(of: Int32.self) == [0, 0, 0, 0, 0, 0])
    let like = try fill([.counting(2, 2)], ["value": .float(1), "dtype": .int(9)])
    #expect(like.shape.dimensions == [2, 2])
    #expect(like.elements(of: Bool.self) == [true, true, true, true])
    #expect(throws: OperatorError.self) { try fill([], [:]) }
    #expect(throws: OperatorError.self) { try fill([.list(1)], ["shape": .ints([1])]) }
    #expect(throws: OperatorError.self) { try fill([.list(1)], ["value": .float(0.5), "dtype": .int(7)]) }
    #expect(throws: OperatorError.self) { try fill([.list(1)], ["value": .float(1e30), "dtype": .int(6)]) }
    #expect(throws: OperatorError.self) { try fill([.list(1)], ["dtype": .int(11)]) }
    #expect(throws: (any Error).self) { try fill([.list(-1)], ["input_as_shape": .int(1)]) }
    #expect(throws: (any Error).self) { try fill([.list(1 << 40)], ["input_as_shape": .int(1)]) }
  }

  @Test("Range")
  func range() throws {
    func range<Element: TensorElement>(_ start: Element, _ limit: Element, _ delta: Element) throws -> [Element] {
      try call("Range", opset: 11, [Tensor(scalar: start), Tensor(scalar: limit), Tensor(scalar: delta)])[0]
        .elements(of: Element.self)
    }
    #expect(try range(3, 9, 3 as Int64) == [3, 6])
    #expect(try range(10, 4, -2 as Int32) == [10, 8, 6])
    #expect(try range(1, 1.9, 0.25 as Float) == [1, 1.25, 1.5, 1.75])
    #expect(try range(5, 1, 1 as Double) == [])
    #expect(try range(0, -1e30, 1 as Float) == [])
    #expect(throws: OperatorError.self) { try range(0, 1, 0 as Int64) }
    #expect(throws: OperatorError.self) { try range(0, .infinity, 1 as Float) }
    #expect(throws: (any Error).self) { try range(0, .max, 1 as Int64) }
  }

  @Test("EyeLike")
  func eyeLike() throws {
    let y = try call("EyeLike", opset: 9, [.counting(2, 3)], attributes: ["k": .int(1), "dtype": .int(7)])[0]
    #expect(y.elements(of: Int64.self) == [0, 1, 0, 0, 0, 1])
    let none = try call("EyeLike", opset: 9, [.counting(2, 2)], attributes: ["k": .int(.min)])[0]
    #expect(none.elements(of: Float.self) == [0, 0, 0, 0])
    #expect(throws: OperatorError.self) { try call("EyeLike", opset: 9, [.counting(2)]) }
    #expect(throws: OperatorError.self) {
      try call("EyeLike", opset: 9, [.counting(2, 2)], attributes: ["dtype": .int(99)])
    }
  }

  /// Expected values from the example in the ONNX specification of CumProd, and by hand.
  @Test("CumSum and CumProd forwards, backwards and exclusive")
  func cumulative() throws {
    func run(_ name: String, _ exclusive: Int64, _ reverse: Int64) throws -> [Int32] {
      try call(
        name, opset: 26, [.of([3], [Int32]([1, 2, 3])), Tensor(scalar: Int64(0))],
        attributes: ["exclusive": .int(exclusive), "reverse": .int(reverse)])[0].elements(of: Int32.self)
    }
    #expect(try run("CumProd", 0, 0) == [1, 2, 6])
    #expect(try run("CumProd", 1, 0) == [1, 1, 2])
    #expect(try run("CumProd", 0, 1) == [6, 6, 3])
    #expect(try run("CumProd", 1, 1) == [6, 3, 1])
    #expect(try run("CumSum", 0, 0) == [1, 3, 6])
    #expect(try run("CumSum", 1, 1) == [5, 3, 0])
    let columns = try call("CumSum", opset: 11, [.counting(3, 2), Tensor(scalar: Int32(-2))])[0]
    #expect(columns.elements(of: Float.self) == [0, 1, 2, 4, 6, 9])
    #expect(throws: (any Error).self) { try call("CumSum", opset: 11, [.counting(3), .list(1)]) }
  }
}
