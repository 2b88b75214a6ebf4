import Tensors

/// Element types that hold numbers to compute with: all but strings, truth values and those of `NarrowFormat`.
///
/// Arithmetic is done in four of them alone (see `NumericElement`), so that generic code is compiled four times at most;
/// the others are converted before and after.
protocol StoredNumber: TensorElement {
  /// The type that arithmetic is done in.
  associatedtype Working: NumericElement

  /// The same value, exactly.
  var working: Working { get }

  /// Rounds to the nearest for floating-point types; drops the fraction and clamps for integers, with 0 for NaN.
  init(converting value: Double)

  /// Keeps the low bits for integers, rounds to the nearest for floating-point types.
  init<Source: FixedWidthInteger>(integer value: Source)
}

extension StoredNumber where Self: FixedWidthInteger {
  var working: Int64 { Int64(self) }
  init(converting value: Double) {
    if value.isNaN {
      self = 0
    } else if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value < 0 ? .min : .max
    }
  }
  init<Source: FixedWidthInteger>(integer value: Source) { self.init(truncatingIfNeeded: value) }
}

extension StoredNumber where Self: BinaryFloatingPoint {
  init(converting value: Double) { self.init(value) }
  init<Source: FixedWidthInteger>(integer value: Source) { self.init(value) }
}

extension UInt8: StoredNumber {}
extension Int8: StoredNumber {}
extension UInt16: StoredNumber {}
extension Int16: StoredNumber {}
extension UInt32: StoredNumber {}
extension Int32: StoredNumber {}

extension Float16: StoredNumber {
  var working: Float { Float(self) }
}

extension BFloat16: StoredNumber {
  var working: Float { floatValue }
  init(converting value: Double) { self.init(Float(value)) }
  init<Source: FixedWidthInteger>(integer value: Source) { self.init(Float(value)) }
}

/// Work on elements as they are stored, written once for all numeric element types.
protocol StoredNumberVisitor {
  associatedtype Output

  func visit<Element: StoredNumber>(_ type: Element.Type) throws -> Output
}

extension ElementType {
  /// Calls the visitor with the Swift type that elements of this type are stored as.
  ///
  /// - Throws: `mismatched` for all other types, and what the visitor throws.
  func visited<Visitor: StoredNumberVisitor>(asStored visitor: Visitor) throws -> Visitor.Output {
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
    default: throw OperatorError.mismatched("an input is of \(self); a numeric type is expected")
    }
  }
}
