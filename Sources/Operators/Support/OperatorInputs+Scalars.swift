import Tensors

extension OperatorInputs {
  /// The only element of an int64 or int32 input; nil where the input is left out.
  func integer(_ index: Int, _ name: String) throws(OperatorError) -> Int? {
    guard let values = try integers(index, name) else { return nil }
    guard values.count == 1 else { throw .mismatched("input \(name) has \(values.count) elements, not one") }
    return values[0]
  }

  /// The only element of a numeric input as a `Double`; nil where the input is left out.
  func number(_ index: Int, _ name: String) throws -> Double? {
    guard let tensor = optional(index) else { return nil }
    guard tensor.count == 1 else {
      throw OperatorError.mismatched("input \(name) has \(tensor.count) elements, not one")
    }
    return try tensor.doubles()[0]
  }
}
