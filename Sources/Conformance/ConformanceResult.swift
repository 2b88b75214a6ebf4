/// What came of a conformance case.
public struct ConformanceResult: Sendable {
  public let `case`: ConformanceCase

  public let outcome: ConformanceOutcome

  /// What is known of the model and of the comparison.
  public let details: Details

  /// How long it took.
  public let seconds: Double

  public struct Details: Sendable, Hashable {
    /// The names of the operators of the model's nodes, each once and sorted, with their domain before them where it is
    /// not the default one; empty where the model could not be read.
    public var operators: [String] = []

    /// The version of the default operator set that the model imports; nil where it imports none.
    public var opset: Int?

    /// The largest |result − expected| of all elements that were compared and are finite; nil where there is none.
    public var maxError: Double?

    public init(operators: [String] = [], opset: Int? = nil, maxError: Double? = nil) {
      self.operators = operators
      self.opset = opset
      self.maxError = maxError
    }
  }

  public init(
    case item: ConformanceCase, outcome: ConformanceOutcome, details: Details = Details(), seconds: Double = 0
  ) {
    self.case = item
    self.outcome = outcome
    self.details = details
    self.seconds = seconds
  }
}
