import GraphIR

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
  /// Whether all elements were within the tolerance, and so are the weights of the nodes that make the values.
  public private(set) var same = true
  /// Where the values differ: whether the difference begins here, since weights differ, or the second model's node makes
  /// another value of the first one's inputs too, or, where that was not tried, all that they are made of agreed; nil where
  /// they are the same.
  public internal(set) var originates: Bool?
  /// The largest error; nil where the values could not be compared.
  public private(set) var maxAbsError: Double? = 0
  /// The largest error where both nodes got the first model's values; nil where that was not tried or not comparable.
  public private(set) var isolatedMaxAbsError: Double?
  /// Elements outside of the tolerance.
  public private(set) var violations = 0
  /// The shape in the first model.
  public internal(set) var shape: [Int] = []
  /// Why the values could not be compared, or which weights are not the same.
  public private(set) var reason: String?
  /// Where the values differ: how far apart the nearest compared values are that they are made of.
  public internal(set) var inputs: [Input]?

  /// Whether all elements were within the tolerance, whatever the weights.
  private(set) var valuesAgree = true

  /// Whether the weights of the nodes that make the values are not the same.
  private(set) var hasOtherWeights = false

  /// Whether the values differ also where both nodes got the same; nil where that was not tried.
  private(set) var isolatedDiffers: Bool?

  /// What a value is made of.
  public struct Input: Sendable, Encodable {
    public let valueA: String
    public let valueB: String
    public let same: Bool
    public let maxAbsError: Double?
  }

  private enum CodingKeys: String, CodingKey {
    case nodeA, nodeB, valueA, valueB, `operator`, matchedBy, same, originates, maxAbsError, isolatedMaxAbsError
    case violations, shape, reason, inputs
  }

  init(_ pair: ValueMatching.Pair, _ graphA: Graph, _ graphB: Graph) {
    let nodeA = pair.nodeA.map { graphA.nodes[$0] }
    let nodeB = pair.nodeB.map { graphB.nodes[$0] }
    self.nodeA = nodeA.map { graphA.label(of: $0) }
    self.nodeB = nodeB.map { graphB.label(of: $0) }
    valueA = graphA.name(of: pair.a)
    valueB = graphB.name(of: pair.b)
    `operator` = nodeA?.operatorName
    matchedBy = pair.reason.rawValue
  }

  mutating func take(_ comparison: TensorComparison) {
    same = same && comparison.holds
    valuesAgree = valuesAgree && comparison.holds
    maxAbsError = maxAbsError.map { max($0, comparison.maxAbsoluteError) }
    violations += comparison.violations
  }

  mutating func fail(_ reason: String) {
    same = false
    valuesAgree = false
    maxAbsError = nil
    self.reason = self.reason ?? reason
  }

  /// Takes in what came of the first model's values; nil where that cannot be compared.
  mutating func takeIsolated(_ comparison: TensorComparison?) {
    isolatedDiffers = isolatedDiffers == true || comparison?.holds != true
    guard let comparison else { return }
    isolatedMaxAbsError = max(isolatedMaxAbsError ?? 0, comparison.maxAbsoluteError)
  }

  mutating func weightsDiffer(_ reason: String) {
    same = false
    hasOtherWeights = true
    self.reason = reason
  }
}
