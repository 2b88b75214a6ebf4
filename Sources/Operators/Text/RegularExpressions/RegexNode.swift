/// A regular expression as its parts.
indirect enum RegexNode {
  /// One scalar of a set.
  case scalar(ScalarSet)
  /// A place between scalars.
  case assertion(RegexAssertion)
  /// All in order; nothing at all where there are none.
  case sequence([RegexNode])
  /// One of several.
  case choice([RegexNode])
  /// Between `minimum` and `maximum` times; without a maximum any number.
  case repetition(RegexNode, minimum: Int, maximum: Int?)
}

/// What is asked of the scalars before and behind a place.
enum RegexAssertion: Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

  /// - Parameters:
  ///   - before: the scalar before the place; nil at the text's start.
  ///   - behind: the scalar behind it; nil at the text's end.
  func holds(between before: Unicode.Scalar?, and behind: Unicode.Scalar?) -> Bool {
    switch self {
    case .textStart: before == nil
    case .textEnd: behind == nil
    case .lineStart: before == nil || before == "\n"
    case .lineEnd: behind == nil || behind == "\n"
    case .wordBoundary: Self.isWord(before) != Self.isWord(behind)
    case .noWordBoundary: Self.isWord(before) == Self.isWord(behind)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ScalarSet.word.contains($0) } ?? false }
}
