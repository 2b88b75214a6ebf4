import Tensors

/// Element types that arithmetic is done on: all but strings and truth values.
protocol NumericElement: TensorElement, Comparable {
  /// What sums and products are made in: `Double` for the floating-point types, the type itself for integers.
  associatedtype Wide: NumericElement

  /// The same value, exactly.
  var wide: Wide { get }

  /// Rounds to the nearest; the same value for integers.
  init(wide: Wide)

  /// The value as a `Double`, rounded where it has more than 53 bits.
  var doubleValue: Double { get }

  /// Rounds to the nearest for floating-point types; drops the fraction and clamps for integers, with 0 for NaN.
  init(converting value: Double)

  static var zero: Self { get }

  /// Not below any: −∞, or the smallest integer.
  static var lowest: Self { get }

  /// Not above any: +∞, or the largest integer.
  static var highest: Self { get }

  /// Always false for integers.
  var isNaN: Bool { get }

  /// The sum; integers wrap around as they do in NumPy.
  func plus(_ other: Self) -> Self

  /// The product; integers wrap around as they do in NumPy.
  func times(_ other: Self) -> Self

  /// The difference; integers wrap around as they do in NumPy.
  func minus(_ other: Self) -> Self

  /// The quotient; of integers without its fraction. An integer divided by zero gives an unspecified value.
  func divided(by other: Self) -> Self

  /// −x; integers wrap around as they do in NumPy.
  var negated: Self { get }

  /// Keeps the low bits for integers, rounds to the nearest for floating-point types.
  init<Source: FixedWidthInteger>(integer value: Source)

  /// The value as another type: of integers by `init(integer:)`, of floating-point types by `init(converting:)`.
  func converted<Target: NumericElement>(to type: Target.Type) -> Target
}

extension NumericElement {
  // Two conditions after each other rather than one of two parts: that is what is vectorized.

  /// The larger of two; NaN if one is.
  func maximum(_ other: Self) -> Self { self > other ? self : isNaN ? self : other }

  /// The smaller of two; NaN if one is.
  func minimum(_ other: Self) -> Self { self < other ? self : isNaN ? self : other }
}

extension NumericElement where Self: FixedWidthInteger {
  var wide: Self { self }
  init(wide: Self) { self = wide }
  var doubleValue: Double { Double(self) }
  init(converting value: Double) {
    if value.isNaN {
      self = 0
    } else if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value < 0 ? .min : .max
    }
  }
  static var lowest: Self { .min }
  static var highest: Self { .max }
  var isNaN: Bool { false }
  func plus(_ other: Self) -> Self { self &+ other }
  func times(_ other: Self) -> Self { self &* other }
  func minus(_ other: Self) -> Self { self &- other }
  func divided(by other: Self) -> Self { dividedReportingOverflow(by: other).partialValue }
  var negated: Self { 0 &- self }
  init<Source: FixedWidthInteger>(integer value: Source) { self.init(truncatingIfNeeded: value) }
  func converted<Target: NumericElement>(to type: Target.Type) -> Target { Target(integer: self) }
}

extension NumericElement where Self: BinaryFloatingPoint {
  var wide: Double { Double(self) }
  init(wide: Double) { self.init(wide) }
  var doubleValue: Double { Double(self) }
  init(converting value: Double) { self.init(value) }
  static var lowest: Self { -.infinity }
  static var highest: Self { .infinity }
  func plus(_ other: Self) -> Self { self + other }
  func times(_ other: Self) -> Self { self * other }
  func minus(_ other: Self) -> Self { self - other }
  func divided(by other: Self) -> Self { self / other }
  var negated: Self { -self }
  init<Source: FixedWidthInteger>(integer value: Source) { self.init(value) }
  func converted<Target: NumericElement>(to type: Target.Type) -> Target { Target(converting: Double(self)) }
}

extension Float: NumericElement {}
extension Double: NumericElement {}
extension Float16: NumericElement {}
extension UInt8: NumericElement {}
extension Int8: NumericElement {}
extension UInt16: NumericElement {}
extension Int16: NumericElement {}
extension UInt32: NumericElement {}
extension Int32: NumericElement {}
extension UInt64: NumericElement {}
extension Int64: NumericElement {}

extension BFloat16: NumericElement {
  var wide: Double { doubleValue }
  init(wide: Double) { self.init(Float(wide)) }
  var doubleValue: Double { Double(floatValue) }
  init(converting value: Double) { self.init(Float(value)) }
  static var zero: BFloat16 { BFloat16(bitPattern: 0) }
  static var lowest: BFloat16 { BFloat16(-.infinity) }
  static var highest: BFloat16 { BFloat16(.infinity) }
  var isNaN: Bool { floatValue.isNaN }
  func plus(_ other: BFloat16) -> BFloat16 { BFloat16(floatValue + other.floatValue) }
  func times(_ other: BFloat16) -> BFloat16 { BFloat16(floatValue * other.floatValue) }
  func minus(_ other: BFloat16) -> BFloat16 { BFloat16(floatValue - other.floatValue) }
  func divided(by other: BFloat16) -> BFloat16 { BFloat16(floatValue / other.floatValue) }
  var negated: BFloat16 { BFloat16(bitPattern: bitPattern ^ 0x8000) }
  init<Source: FixedWidthInteger>(integer value: Source) { self.init(Float(value)) }
  func converted<Target: NumericElement>(to type: Target.Type) -> Target { Target(converting: doubleValue) }
  static func < (left: BFloat16, right: BFloat16) -> Bool { left.floatValue < right.floatValue }
}
