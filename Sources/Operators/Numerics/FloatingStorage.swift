import Tensors

/// The four floating-point element types, each with the type that it is computed in.
protocol FloatingStorage: NumericElement {
  associatedtype Real: RealElement

  /// The same value, exactly.
  var real: Real { get }

  /// Rounds to the nearest.
  init(real: Real)
}

extension Float: FloatingStorage {
  var real: Float { self }
  init(real: Float) { self = real }
}

extension Double: FloatingStorage {
  var real: Double { self }
  init(real: Double) { self = real }
}

extension Float16: FloatingStorage {
  var real: Float { Float(self) }
  init(real: Float) { self.init(real) }
}

extension BFloat16: FloatingStorage {
  var real: Float { floatValue }
  init(real: Float) { self.init(real) }
}

/// Work that is written once for all floating-point element types; the compiler makes a version of it for each.
protocol FloatingVisitor {
  associatedtype Output

  func visit<Element: FloatingStorage>(_ type: Element.Type) throws -> Output
}

/// Work that is written once for all integer element types; the compiler makes a version of it for each.
protocol IntegerVisitor {
  associatedtype Output

  func visit<Element: NumericElement & FixedWidthInteger>(_ type: Element.Type) throws -> Output
}

extension ElementType {
  /// Calls the visitor with the Swift type of this floating-point type.
  ///
  /// - Throws: `mismatched` for all other types, and what the visitor throws.
  func visited<Visitor: FloatingVisitor>(byFloating visitor: Visitor) throws -> Visitor.Output {
    switch self {
    case .float32: try visitor.visit(Float.self)
    case .float64: try visitor.visit(Double.self)
    case .float16: try visitor.visit(Float16.self)
    case .bfloat16: try visitor.visit(BFloat16.self)
    default: throw OperatorError.mismatched("an input is of \(self); a floating-point type is expected")
    }
  }

  /// Calls the visitor with the Swift type of this integer type.
  ///
  /// - Throws: `mismatched` for all other types, and what the visitor throws.
  func visited<Visitor: IntegerVisitor>(byInteger visitor: Visitor) throws -> Visitor.Output {
    switch self {
    case .int8: try visitor.visit(Int8.self)
    case .int16: try visitor.visit(Int16.self)
    case .int32: try visitor.visit(Int32.self)
    case .int64: try visitor.visit(Int64.self)
    case .uint8: try visitor.visit(UInt8.self)
    case .uint16: try visitor.visit(UInt16.self)
    case .uint32: try visitor.visit(UInt32.self)
    case .uint64: try visitor.visit(UInt64.self)
    default: throw OperatorError.mismatched("an input is of \(self); an integer type is expected")
    }
  }
}
