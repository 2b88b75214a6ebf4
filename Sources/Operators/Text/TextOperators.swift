extension OperatorRegistry {
  static let texts: [OperatorEntry] = [
    entry("RegexFullMatch", [20], RegexFullMatch.self),
    entry("StringConcat", [20], StringConcat.self),
    entry("StringNormalizer", [10], StringNormalizer.self),
    entry("StringSplit", [20], StringSplit.self),
    entry("TfIdfVectorizer", [9], TfIdfVectorizer.self),
  ]
}
