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
  public let layer: LayerEntry
  public let method: String
  public let preset: String
  public let channels: Int
  public let deadChannels: Int
  public let health: [String]
  public let files: ExplanationFiles
  public let seconds: ExplanationManifest.Timing

  public init(
    input: String, result: ScoreCAMResult, name: String?, choice: LayerChoice, method: String, preset: String,
    channels: Int, constantChannels: Int, files: ExplanationFiles, seconds: ExplanationManifest.Timing
  ) {
    self.input = input
    `class` = ClassEntry(index: result.classIndex, name: name, probability: result.probability)
    layer = LayerEntry(node: choice.layer.label, value: choice.layer.valueName, reason: choice.reason)
    self.method = method
    self.preset = preset
    self.channels = channels
    deadChannels = constantChannels
    health = result.health.codes.map(\.rawValue)
    self.files = files
    self.seconds = seconds
  }
}
