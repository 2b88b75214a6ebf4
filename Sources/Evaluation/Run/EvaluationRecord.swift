/// What was found for one picture and class: a line of the results.
public struct EvaluationRecord: Codable, Sendable, Equatable {
  /// What was found for one method.
  public struct Method: Codable, Sendable, Equatable {
    /// By the metrics' names.
    public var metrics: [String: Double] = [:]
    /// The curves that metrics come from.
    public var curves: [String: [Double]]?
    /// What could not be computed, and why.
    public var errors: [String: String]?

    public init() {}
  }

  /// The place among all records of the evaluation.
  public let index: Int
  public let file: String
  /// The class's name as the data set writes it.
  public var label: String?
  /// The class that was explained.
  public var `class`: Int?
  public var probability: Double?
  /// By the methods' names.
  public var methods: [String: Method]?
  /// Why there are no numbers of this picture.
  public var error: String?

  public init(index: Int, file: String, label: String? = nil) {
    self.index = index
    self.file = file
    self.label = label
  }

  /// Whether all that was asked for is there.
  public var isComplete: Bool { error == nil && !(methods ?? [:]).values.contains { $0.errors != nil } }
}
