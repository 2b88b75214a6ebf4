public import Explain

/// One class of one picture in the document that `explain --json` prints.
public struct ExplanationEntry: Encodable, Sendable {
  public struct ClassEntry: Encodable, Sendable {
    public let index: Int
    public let name: String?
    public let probability: Double
  }

  public struct LayerEntry: Encodable, Sendable {
    public let node: String
    public let value: String
    public let reason: String
  }

  public let input: String
  public let `class`: ClassEntry
  /// The hooked layer; absent for methods that hook none.
  public let layer: LayerEntry?
  public let method: String
  /// Absent for methods without presets.
  public let preset: String?
  /// The masked channels; absent for methods that mask by none.
  public let channels: Int?
  public let deadChannels: Int?
  public let notes: [String]?
  public let health: [String]
  public let files: ExplanationFiles
  public let seconds: ExplanationManifest.Timing

  public init(
    input: String, _ explanation: Explanation, of result: ExplainerResult, name: String?, probability: Double,
    choice: LayerChoice?, files: ExplanationFiles, seconds: ExplanationManifest.Timing
  ) {
    self.input = input
    `class` = ClassEntry(index: explanation.classIndex, name: name, probability: probability)
    layer = choice.map { LayerEntry(node: $0.layer.label, value: $0.layer.valueName, reason: $0.reason) }
    method = result.record.method
    preset = result.record.preset
    channels = result.passes?.channelCount
    deadChannels = result.passes?.constantChannels.count
    notes = result.record.notes.isEmpty ? nil : result.record.notes
    health = explanation.health.codes.map(\.rawValue)
    self.files = files
    self.seconds = seconds
  }
}
