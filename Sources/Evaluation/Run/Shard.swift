/// One of several equal parts of an evaluation.
public struct Shard: Sendable, Hashable {
  /// From 1 on.
  public let number: Int
  public let count: Int

  public static let whole = Shard(number: 1, count: 1)

  private init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// - Parameter text: `I/N` with 1 ≤ I ≤ N.
  public init(_ text: String) throws(EvaluationError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], 1 <= number, number <= count,
      count <= 1_000_000
    else {
      throw EvaluationError(.invalidRequest, "'\(text)' is no shard; I/N with I from 1 to N is expected, such as 2/7")
    }
    self.init(number: number, count: count)
  }

  /// Whether the shard has the record of that index: every `count`th.
  public func contains(_ index: Int) -> Bool { index % count == number - 1 }
}
