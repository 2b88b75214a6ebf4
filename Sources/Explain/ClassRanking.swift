/// The classes of one image by probability.
public struct ClassRanking: Sendable {
  /// The probability of each class.
  public let probabilities: [Double]

  /// The classes from the likeliest to the unlikeliest; of equal ones the lower index first.
  public let order: [Int]

  public init(logits: [Float], head: ClassifierHead) {
    probabilities = head.probabilities(of: logits)
    // Logits tell classes apart that round to the same probability.
    order = logits.indices.sorted { (logits[$1], $0) < (logits[$0], $1) }
  }

  /// The likeliest `count` classes, all where there are fewer.
  public func top(_ count: Int) -> [Int] { Array(order.prefix(count)) }
}
