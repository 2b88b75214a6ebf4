/// How far apart two values are that stand for the same, over all inputs that were tried.
public struct ValueDifference: Sendable, Encodable {
  /// The label of the node that makes the value; nil for an input or constant.
  public let nodeA: String?
  public let nodeB: String?
  public let valueA: String
  public let valueB: String
  /// The operator that makes the first model's value.
  public let `operator`: String?
  /// What the two were taken for the same by: `name`, `scope`, `structure`, or `boundary` for inputs and outputs.
  public let matchedBy: String
  /// Whether all elements were within the tolerance.
  public internal(set) var same = true
  /// Where the values differ: whether all that they are made of agreed, so that the difference begins here; nil where they
  /// are the same.
  public internal(set) var originates: Bool?
  /// The largest error; nil where the values could not be compared.
  public internal(set) var maxAbsError: Double? = 0
  /// Elements outside of the tolerance.
  public internal(set) var violations = 0
  /// The shape in the first model.
  public internal(set) var shape: [Int] = []
  /// Why the values could not be compared.
  public internal(set) var reason: String?
  /// Where the values differ: how far apart the nearest compared values are that they are made of.
  public internal(set) var inputs: [Input]?

  /// What a value is made of.
  public struct Input: Sendable, Encodable {
    public let valueA: String
    public let valueB: String
    public let same: Bool
    public let maxAbsError: Double?
  }
}
