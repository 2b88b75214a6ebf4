import Tensors

/// The element types that arithmetic is done in: `Float`, `Double`, `Int64` and `UInt64`.
protocol NumericElement: StoredNumber, Comparable where Working == Self {
  /// What sums and products are made in: `Double` for the floating-point types, the type itself for integers.
  associatedtype Wide: NumericElement

  /// The same value, exactly.
  var wide: Wide { get }

  /// Rounds to the nearest; the same value for integers.
  init(wide: Wide)

  /// The value as a `Double`, rounded where it has more than 53 bits.
  var doubleValue: Double { get }

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

  /// The value as another type: of integers by `init(integer:)`, of floating-point types by `init(converting:)`.
  func converted<Target: StoredNumber>(to type: Target.Type) -> Target
}

extension NumericElement {
  var working: Self { self }

  // Two conditions after each other rather than one of two parts: that is what is vectorized.

  /// The larger of two; NaN if one is.
  func maximum(_ other: Self) -> Self { self > other ? self : isNaN ? self : other }

  /// The smaller of two; NaN if one is.
  func minimum(_ other: Self) -> Self { self < other ? self : isNaN ? self : other }
}

extension NumericElement where Self: FixedWidthInteger {
  var working: Self { self }
  var wide: Self { self }
  init(wide: Self) { self = wide }
  var doubleValue: Double { Double(self) }
  static var lowest: Self { .min }
  static var highest: Self { .max }
  var isNaN: Bool { false }
  func plus(_ other: Self) -> Self { self &+ other }
  func times(_ other: Self) -> Self { self &* other }
  func minus(_ other: Self) -> Self { self &- other }
  func divided(by other: Self) -> Self { dividedReportingOverflow(by: other).partialValue }
  var negated: Self { 0 &- self }
  func converted<Target: StoredNumber>(to type: Target.Type) -> Target { Target(integer: self) }
}

extension NumericElement where Self: BinaryFloatingPoint {
  var wide: Double { Double(self) }
  init(wide: Double) { self.init(wide) }
  var doubleValue: Double { Double(self) }
  static var lowest: Self { -.infinity }
  static var highest: Self { .infinity }
  func plus(_ other: Self) -> Self { self + other }
  func times(_ other: Self) -> Self { self * other }
  func minus(_ other: Self) -> Self { self - other }
  func divided(by other: Self) -> Self { self / other }
  var negated: Self { -self }
  func converted<Target: StoredNumber>(to type: Target.Type) -> Target { Target(converting: Double(self)) }
}

extension Float: NumericElement {}
extension Double: NumericElement {}
extension UInt64: NumericElement {}
extension Int64: NumericElement {}
