/// A number that a method can be told.
public struct MethodParameter: Sendable, Hashable {
  public let name: String

  /// The value where none is given.
  public let standard: Double

  /// The values that make sense.
  public let range: ClosedRange<Double>

  /// Whether only whole numbers make sense.
  public let isWhole: Bool

  /// What the number is, as a clause.
  public let meaning: String

  /// A whole number.
  public static func whole(_ name: String, _ standard: Int, _ range: ClosedRange<Int>, _ meaning: String) -> Self {
    Self(
      name: name, standard: Double(standard), range: Double(range.lowerBound)...Double(range.upperBound),
      isWhole: true, meaning: meaning)
  }

  /// Any number.
  public static func number(
    _ name: String, _ standard: Double, _ range: ClosedRange<Double>, _ meaning: String
  ) -> Self {
    Self(name: name, standard: standard, range: range, isWhole: false, meaning: meaning)
  }

  /// A value as text.
  func text(_ value: Double) -> String { isWhole ? String(Int(value)) : String(value) }

  /// - Throws: `ExplainError` where the value makes no sense.
  func check(_ value: Double) throws(ExplainError) {
    guard range.contains(value), !isWhole || value == value.rounded() else {
      throw ExplainError(
        .invalidRequest,
        "\(name) = \(value): \(isWhole ? "a whole number" : "a number") from \(text(range.lowerBound)) to "
          + "\(text(range.upperBound)) is expected (\(meaning))")
    }
  }
}
