public import Tensors

/// The tensors of a call, some left out, with the checks that every operator makes of them.
public struct OperatorInputs: Sendable {
  /// The inputs in the operator's order; nil for one that is left out.
  public let tensors: [Tensor?]

  public init(_ tensors: [Tensor?]) { self.tensors = tensors }

  /// How many there are, left out ones in between counted.
  public var count: Int { tensors.count }

  /// The input at `index` that the operator cannot do without.
  public func required(_ index: Int, _ name: String) throws(OperatorError) -> Tensor {
    guard let tensor = optional(index) else { throw .malformed("input \(index) (\(name)) is missing") }
    return tensor
  }

  /// The input at `index`, nil where it is left out.
  public func optional(_ index: Int) -> Tensor? { tensors.indices.contains(index) ? tensors[index] : nil }

  /// All inputs, of which none may be left out; for operators that take any number.
  public func all() throws(OperatorError) -> [Tensor] {
    var result: [Tensor] = []
    for index in tensors.indices { result.append(try required(index, "input \(index)")) }
    return result
  }

  /// The elements of an int64 or int32 input of rank 0 or 1, such as axes or a shape; nil where it is left out.
  public func integers(_ index: Int, _ name: String) throws(OperatorError) -> [Int]? {
    guard let tensor = optional(index) else { return nil }
    guard tensor.shape.rank <= 1 else {
      throw .mismatched("input \(name) has shape \(tensor.shape); a list is expected")
    }
    switch tensor.elementType {
    case .int64: return tensor.elements(of: Int64.self).map { Int($0) }
    case .int32: return tensor.elements(of: Int32.self).map { Int($0) }
    default: throw .mismatched("input \(name) is of \(tensor.elementType); int64 is expected")
    }
  }
}

extension Tensor {
  /// Checks the element type.
  ///
  /// - Throws: `mismatched` where the tensor is none of `types`.
  func requireType(_ types: ElementType..., named name: String) throws(OperatorError) {
    guard types.contains(elementType) else {
      throw .mismatched(
        "input \(name) is of \(elementType); \(types.map(\.name).joined(separator: " or ")) is expected")
    }
  }
}
