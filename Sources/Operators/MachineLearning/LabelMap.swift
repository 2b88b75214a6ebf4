import Tensors

/// A table of labels: for each key a value, and one value for all other keys.
struct LabelMap: Sendable {
  private enum Key: Hashable {
    case text([UInt8])
    case integer(Int64)
    case real(Double)
    case notANumber
  }

  /// The element type of the keys.
  let keyType: ElementType
  private let positions: [Key: Int]

  /// The values in the order of the keys, and behind them the one for all other keys.
  private let values: Tensor

  /// Makes a table of which later keys take precedence; NaN is the same as NaN.
  ///
  /// - Throws: `malformed` where there are not as many values as keys, the default is not one element of the values' type,
  ///   or the keys are neither strings nor numbers.
  init(keys: Tensor, values: Tensor, fallback: Tensor) throws(OperatorError) {
    guard keys.count == values.count else {
      throw .malformed("there are \(keys.count) keys for \(values.count) values")
    }
    guard fallback.count == 1, fallback.elementType == values.elementType else {
      throw .malformed(
        "the default is of \(fallback.elementType) and shape \(fallback.shape); one \(values.elementType) is expected")
    }
    keyType = keys.elementType
    self.values = try values.appending(fallback)
    positions = Dictionary(try Self.keys(of: keys).enumerated().map { ($1, $0) }) { $1 }
  }

  /// The values for the elements of `x`, in its shape.
  func mapped(_ x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try x.requireType(keyType, named: "X")
    let keys = try Self.keys(of: x)
    return try values.gatheringBlocks(of: 1, count: keys.count, to: x.shape, context) { index in
      positions[keys[index]] ?? values.count - 1
    }
  }

  private static func keys(of tensor: Tensor) throws(OperatorError) -> [Key] {
    switch tensor.elementType {
    case .string: return tensor.strings.map { .text(Array($0.utf8)) }
    case .int64: return tensor.elements(of: Int64.self).map { .integer($0) }
    case .int32: return tensor.elements(of: Int32.self).map { .integer(Int64($0)) }
    case .int16: return tensor.elements(of: Int16.self).map { .integer(Int64($0)) }
    case .float32: return tensor.elements(of: Float.self).map { $0.isNaN ? .notANumber : .real(Double($0)) }
    case .float64: return tensor.elements(of: Double.self).map { $0.isNaN ? .notANumber : .real($0) }
    default: throw .malformed("labels of \(tensor.elementType)")
    }
  }
}

extension Tensor {
  /// The elements as a list with one more behind them.
  ///
  /// - Precondition: `last` is one element of the same type.
  fileprivate func appending(_ last: Tensor) throws(OperatorError) -> Tensor {
    let shape = try Shape.checked([count + 1])
    if elementType == .string { return Tensor(shape, strings: strings + last.strings) }
    do {
      return try Tensor(shape, elementType) { target in
        withUnsafeBytes { if $0.count > 0 { target.copyMemory(from: $0) } }
        last.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target.suffix($0.count)).copyMemory(from: $0) }
      }
    } catch {
      throw .init(.resourceLimit, "\(count) labels do not fit the memory")
    }
  }

  /// A list of elements.
  static func vector<Element: TensorElement>(_ elements: [Element]) -> Tensor {
    // A count that is there fits a shape.
    Tensor(try! Shape([elements.count]), elements)
  }

  /// A list of strings.
  static func vector(_ strings: [String]) -> Tensor { Tensor(try! Shape([strings.count]), strings: strings) }
}
