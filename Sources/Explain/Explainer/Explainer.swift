/// A method that says which places of a picture speak for a class.
///
/// One explainer may be used for any number of pictures and, since layers are named by value, for any classifier with
/// the same graph, so for one whose weights differ too.
public protocol Explainer: Sendable {
  /// What the explainer was told and what it chose, notes that depend on a picture apart.
  var record: ExplainerRecord { get }

  /// Explains some classes of one picture.
  ///
  /// - Parameters:
  ///   - input: the picture and its classifier; what several explainers need of it is computed once.
  ///   - classes: indices of classes, each below the classifier's `classCount`.
  ///   - progress: called with the passes done and the passes in all, now and then, from any thread, one call at a
  ///     time.
  /// - Returns: an explanation for each class, in their order. The same bits for any number of threads.
  /// - Throws: `ExplainError` where the method does not apply, `ExecutionError` where the network does not run.
  func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult
}

extension Explainer {
  /// The same without progress.
  public func explain(_ input: ExplainedInput, classes: [Int]) throws -> ExplainerResult {
    try explain(input, classes: classes) { _, _ in }
  }
}

/// What an explainer was made with: enough to make the same map again.
public struct ExplainerRecord: Sendable, Hashable {
  /// The method's name, as the command line spells it.
  public var method: String

  /// The implementation that is reproduced; nil for methods without presets.
  public var preset: String?

  /// Every choice by the name that the command line gives it.
  public var knobs: [String: String]

  /// What random numbers follow from; nil for methods that draw none.
  public var seed: UInt64?

  /// What else to know of the result, a sentence each, such as a bound that was achieved.
  public var notes: [String]

  public init(
    method: String, preset: String? = nil, knobs: [String: String] = [:], seed: UInt64? = nil, notes: [String] = []
  ) {
    self.method = method
    self.preset = preset
    self.knobs = knobs
    self.seed = seed
    self.notes = notes
  }
}

/// What an explainer found for one picture.
public struct ExplainerResult: Sendable {
  /// One for each class that was asked for, in that order.
  public let explanations: [Explanation]

  /// The explainer's record, with notes on this picture.
  public let record: ExplainerRecord

  /// The passes with one channel's mask each; nil for methods that make none.
  public let passes: ScoreCAMPasses?

  public init(_ explanations: [Explanation], record: ExplainerRecord, passes: ScoreCAMPasses? = nil) {
    self.explanations = explanations
    self.record = record
    self.passes = passes
  }
}

/// The explanation of one class.
public struct Explanation: Sendable {
  public let classIndex: Int

  /// The map as the method defines it: at the input's size, or at the layer's where the method says so; nil where the
  /// method gives none.
  public let map: SaliencyMap?

  public let health: MapHealth

  /// What the channels of the hooked layer were found to be worth; nil for methods that do not weigh channels.
  public let channels: ChannelWeights?

  public init(
    classIndex: Int, map: SaliencyMap?, channels: ChannelWeights? = nil, constantChannels: Int = 0
  ) {
    self.init(
      classIndex: classIndex, map: map, channels: channels,
      health: MapHealth(map: map, weights: channels?.weights ?? [], constantChannels: constantChannels))
  }

  init(classIndex: Int, map: SaliencyMap?, channels: ChannelWeights?, health: MapHealth) {
    self.classIndex = classIndex
    self.map = map
    self.channels = channels
    self.health = health
  }
}

/// A score and a weight for each channel of a layer.
public struct ChannelWeights: Sendable {
  /// What was found for each channel.
  public let scores: [Double]

  /// The factor of each channel in the map.
  public let weights: [Double]

  /// - Precondition: there are as many scores as weights.
  public init(scores: [Double], weights: [Double]) {
    precondition(scores.count == weights.count)
    self.scores = scores
    self.weights = weights
  }

  /// The channels from the largest weight to the smallest; of equal ones the lower index first.
  public var byWeight: [Int] { weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) } }
}
