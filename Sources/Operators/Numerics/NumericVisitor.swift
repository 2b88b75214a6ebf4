import Tensors

/// Work that is written once for all numeric element types; the compiler makes a version of it for each working type.
protocol NumericVisitor {
  associatedtype Output

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Output
}

/// Work that is written once for all floating-point element types; the compiler makes a version of it for each working
/// type.
protocol FloatingVisitor {
  associatedtype Output

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Output
}

/// Work that is written once for all integer element types; the compiler makes a version of it for each working type.
protocol IntegerVisitor {
  associatedtype Output

  func visit<Element: NumericElement & FixedWidthInteger>(_ type: Element.Type) throws -> Output
}

extension ElementType {
  /// The type that arithmetic on this one is done in, which has all its values: `StoredNumber.Working`. Strings, truth
  /// values and what is not computed with (see `NarrowFormat`) have themselves.
  var working: ElementType {
    switch self {
    case .float16, .bfloat16: .float32
    case .int8, .int16, .int32, .uint8, .uint16, .uint32: .int64
    default: self
    }
  }

  /// Calls the visitor with the Swift type that arithmetic on this type is done in. Its tensors are to be widened before;
  /// see `Tensor.widened(_:)`.
  ///
  /// - Throws: `mismatched` for strings and truth values, and what the visitor throws.
  func visited<Visitor: NumericVisitor>(by visitor: Visitor) throws -> Visitor.Output {
    switch working {
    case .float32: try visitor.visit(Float.self)
    case .float64: try visitor.visit(Double.self)
    case .int64: try visitor.visit(Int64.self)
    case .uint64: try visitor.visit(UInt64.self)
    default: throw OperatorError.mismatched("an input is of \(self); a numeric type is expected")
    }
  }

  /// Calls the visitor with the Swift type that arithmetic on this floating-point type is done in. Its tensors are to be
  /// widened before; see `Tensor.widened(_:)`.
  ///
  /// - Throws: `mismatched` for all other types, and what the visitor throws.
  func visited<Visitor: FloatingVisitor>(byFloating visitor: Visitor) throws -> Visitor.Output {
    switch working {
    case .float32: try visitor.visit(Float.self)
    case .float64: try visitor.visit(Double.self)
    default: throw OperatorError.mismatched("an input is of \(self); a floating-point type is expected")
    }
  }

  /// Calls the visitor with the Swift type that arithmetic on this integer type is done in. Its tensors are to be widened
  /// before; see `Tensor.widened(_:)`.
  ///
  /// - Throws: `mismatched` for all other types, and what the visitor throws.
  func visited<Visitor: IntegerVisitor>(byInteger visitor: Visitor) throws -> Visitor.Output {
    switch working {
    case .int64: try visitor.visit(Int64.self)
    case .uint64: try visitor.visit(UInt64.self)
    default: throw OperatorError.mismatched("an input is of \(self); an integer type is expected")
    }
  }
}
