import Tensors

/// Work that is written once for all numeric element types; the compiler makes a version of it for each.
protocol NumericVisitor {
  associatedtype Output

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Output
}

extension ElementType {
  /// Calls the visitor with the Swift type of this element type.
  ///
  /// - Throws: `mismatched` for strings and truth values, and what the visitor throws.
  func visited<Visitor: NumericVisitor>(by visitor: Visitor) throws -> Visitor.Output {
    switch self {
    case .float32: try visitor.visit(Float.self)
    case .float64: try visitor.visit(Double.self)
    case .float16: try visitor.visit(Float16.self)
    case .bfloat16: try visitor.visit(BFloat16.self)
    case .int8: try visitor.visit(Int8.self)
    case .int16: try visitor.visit(Int16.self)
    case .int32: try visitor.visit(Int32.self)
    case .int64: try visitor.visit(Int64.self)
    case .uint8: try visitor.visit(UInt8.self)
    case .uint16: try visitor.visit(UInt16.self)
    case .uint32: try visitor.visit(UInt32.self)
    case .uint64: try visitor.visit(UInt64.self)
    case .string, .bool: throw OperatorError.mismatched("an input is of \(self); a numeric type is expected")
    }
  }
}

extension Tensor {
  /// The elements as `Double`s, rounded where they have more than 53 bits.
  ///
  /// - Throws: for strings and truth values.
  func doubles() throws -> [Double] { try elementType.visited(by: DoublesVisitor(tensor: self)) }

  /// A tensor of one element of a numeric type; see `NumericElement.init(converting:)`.
  static func scalar(_ value: Double, of type: ElementType) throws -> Tensor {
    try type.visited(by: ScalarVisitor(value: value))
  }
}

private struct DoublesVisitor: NumericVisitor {
  let tensor: Tensor

  func visit<Element: NumericElement>(_ type: Element.Type) -> [Double] {
    tensor.withElements(of: type) { $0.map(\.doubleValue) }
  }
}

private struct ScalarVisitor: NumericVisitor {
  let value: Double

  func visit<Element: NumericElement>(_ type: Element.Type) -> Tensor { Tensor(scalar: type.init(converting: value)) }
}
