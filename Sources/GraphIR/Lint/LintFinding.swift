/// Something about a graph that is allowed and often a mistake.
public struct LintFinding: Sendable, Hashable {
  /// What kind of finding it is. Raw values are stable: scripts may rely on them.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    case trainingMode = "training-mode"
    case noSoftmax = "no-softmax"
    case doubleSoftmax = "double-softmax"
    case nonFiniteWeights = "non-finite-weights"
    case subnormalWeights = "subnormal-weights"
    case unusedInitializer = "unused-initializer"
    case dynamicDimension = "dynamic-dimension"
    case oldOpset = "old-opset"
    case channelsLastInput = "channels-last-input"
    case oppositeChannels = "bgr-filters"
    case unusualRange = "unusual-range"
    case deadChannels = "dead-channels"
    case fixedDimension = "fixed-dimension"
  }

  /// How likely it is to be a mistake.
  public enum Severity: String, Sendable, Hashable {
    /// Results are likely to be wrong, or the model likely not to run as it was meant to.
    case warning
    /// Worth knowing; right in many models.
    case information
  }

  public let code: Code

  /// The node that it is about, by its label; nil where it is about none.
  public let node: String?

  /// The value that it is about; nil where it is about none.
  public let value: String?

  /// What was found, as a sentence without a full stop.
  public let message: String

  /// What to do, as a sentence without a full stop.
  public let advice: String

  /// How likely it is to be a mistake.
  public var severity: Severity {
    switch code {
    case .trainingMode, .doubleSoftmax, .nonFiniteWeights, .oldOpset, .unusualRange, .fixedDimension: .warning
    case .noSoftmax, .subnormalWeights, .unusedInitializer, .dynamicDimension, .channelsLastInput, .oppositeChannels,
      .deadChannels:
      .information
    }
  }

  package init(_ code: Code, node: String? = nil, value: String? = nil, _ message: String, advice: String) {
    self.code = code
    self.node = node
    self.value = value
    self.message = message
    self.advice = advice
  }
}
