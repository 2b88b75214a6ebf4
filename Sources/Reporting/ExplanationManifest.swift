public import Explain

/// All that a map depends on, so that it can be understood and made again.
public struct ExplanationManifest: Encodable, Sendable {
  public struct File: Encodable, Sendable {
    public let path: String
    public let sha256: String

    public init(path: String, sha256: String) {
      self.path = path
      self.sha256 = sha256
    }
  }

  public struct ClassEntry: Encodable, Sendable {
    public let index: Int
    public let name: String?
    public let probability: Double
    public let logit: Double

    public init(index: Int, name: String?, probability: Double, logit: Double) {
      self.index = index
      self.name = name
      self.probability = probability
      self.logit = logit
    }
  }

  public struct LayerEntry: Encodable, Sendable {
    public let node: String
    public let value: String
    public let `operator`: String
    public let scope: String?
    public let shape: [Int]
    public let reason: String
    public let warning: String?

    public init(_ choice: LayerChoice) {
      node = choice.layer.label
      value = choice.layer.valueName
      `operator` = choice.layer.operatorName
      scope = choice.layer.scope
      shape = choice.layer.shape.dimensions
      reason = choice.reason
      warning = choice.warning
    }
  }

  public struct WeightSummary: Encodable, Sendable {
    public let minimum: Double
    public let maximum: Double
    public let mean: Double
    /// 1 where all weights are equal, 0 where one channel has it all.
    public let relativeEntropy: Double
    /// The channels of the largest weights, largest first.
    public let largest: [ChannelWeight]

    public struct ChannelWeight: Encodable, Sendable {
      public let channel: Int
      public let weight: Double
      public let score: Double
    }

    public init(_ channels: ChannelWeights, health: MapHealth) {
      minimum = channels.weights.min() ?? 0
      maximum = channels.weights.max() ?? 0
      mean = channels.weights.reduce(0, +) / Double(max(1, channels.weights.count))
      relativeEntropy = health.weightEntropy
      largest = channels.byWeight.prefix(10).map {
        ChannelWeight(channel: $0, weight: channels.weights[$0], score: channels.scores[$0])
      }
    }
  }

  public struct Timing: Encodable, Sendable {
    public let passes: Double
    public let total: Double

    public init(passes: Double, total: Double) {
      self.passes = passes
      self.total = total
    }
  }

  /// Everything about one set of passes that is the same for all classes.
  public struct Context: Encodable, Sendable {
    let tool: String
    let instructionSet: String
    let arithmetic: String
    let threads: Int
    let model: File
    let opsets: [String: Int]
    let producer: String
    let input: File
    let preprocessing: String?
    let head: String
    let batches: String
    let batchSize: Int
    /// What concerns the hooked layer; absent for methods that hook none.
    let layer: LayerEntry?
    let hook: String?
    let method: String
    let preset: String?
    let knobs: [String: String]
    let seed: UInt64?
    let notes: [String]?
    /// The masked channels; absent for methods that mask by none.
    let channels: Int?
    let deadChannels: Int?
    let deadChannelList: [Int]?

    /// - Parameter preprocessing: what was done to the picture, in words; nil for a tensor that was given as it is.
    public init(
      tool: String, instructionSet: String, arithmetic: String, threads: Int, model: File, opsets: [String: Int],
      producer: String, input: File, preprocessing: String?, head: String, batches: String, batchSize: Int,
      choice: LayerChoice?, result: ExplainerResult
    ) {
      self.tool = tool
      self.instructionSet = instructionSet
      self.arithmetic = arithmetic
      self.threads = threads
      self.model = model
      // The default domain's own name, rather than the empty string that stands for it.
      self.opsets = Dictionary(
        opsets.map { ($0.key.isEmpty ? "ai.onnx" : $0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
      self.producer = producer
      self.input = input
      self.preprocessing = preprocessing
      self.head = head
      self.batches = batches
      self.batchSize = batchSize
      layer = choice.map { LayerEntry($0) }
      hook = choice?.hook.rawValue
      let record = result.record
      method = record.method
      preset = record.preset
      knobs = record.knobs
      seed = record.seed
      notes = record.notes.isEmpty ? nil : record.notes
      channels = result.passes?.channelCount
      deadChannels = result.passes?.constantChannels.count
      deadChannelList = result.passes?.constantChannels
    }
  }

  /// One class's part of it.
  public struct ClassResult: Encodable, Sendable {
    public let `class`: ClassEntry
    /// Absent for methods that do not weigh channels.
    public let weights: WeightSummary?
    public let health: [String]
    public let tieShare: Double
    public let mapShape: [Int]?
    public let files: ExplanationFiles

    public init(_ explanation: Explanation, class: ClassEntry, files: ExplanationFiles) {
      self.class = `class`
      weights = explanation.channels.map { WeightSummary($0, health: explanation.health) }
      health = explanation.health.codes.map(\.rawValue)
      tieShare = explanation.health.tieShare
      mapShape = explanation.map.map { [$0.height, $0.width] }
      self.files = files
    }
  }

  let context: Context
  let results: [ClassResult]
  let seconds: Timing

  public init(_ context: Context, results: [ClassResult], seconds: Timing) {
    self.context = context
    self.results = results
    self.seconds = seconds
  }

  private enum CodingKeys: String, CodingKey { case results, seconds }

  /// The context's keys stand beside those of the results.
  public func encode(to encoder: any Encoder) throws {
    try context.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(results, forKey: .results)
    try container.encode(seconds, forKey: .seconds)
  }
}
