import Tensors

/// The tensor that an attribute holds.
///
/// - Source: ONNX operator Constant 1, 9, 11, 12 (numbers and strings besides tensors), 13, 19, 21, 23, 24, 25.
struct Constant: Operator {
  private let value: Tensor

  init(_ node: NodeDescription) throws(OperatorError) {
    let kinds = ["value", "value_float", "value_floats", "value_int", "value_ints", "value_string", "value_strings"]
    let given = kinds.filter { node.attributes[$0] != nil }
    guard node.attributes["sparse_value"] == nil else { throw .unsupported("a constant given as a sparse tensor") }
    guard given.count == 1 else {
      throw .malformed("exactly one attribute gives the value; here are \(given.count) of them")
    }
    if let tensor = try node.tensor("value") {
      value = tensor
    } else if let number = try node.float("value_float") {
      value = Tensor(scalar: number)
    } else if let numbers = try node.floats("value_floats") {
      value = Tensor(try .checked([numbers.count]), numbers)
    } else if let number = try node.int("value_int") {
      value = Tensor(scalar: Int64(number))
    } else if let numbers = try node.ints("value_ints") {
      value = Tensor(try .checked([numbers.count]), numbers.map { Int64($0) })
    } else if let text = try node.string("value_string") {
      value = Tensor(.scalar, strings: [text])
    } else {
      let texts = try node.strings("value_strings") ?? []
      value = Tensor(try .checked([texts.count]), strings: texts)
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] { [value] }
}
