import Foundation

/// What a golden was made of and how, as `manifest.json` in its folder.
public struct GoldenManifest: Codable, Sendable {
  /// The version of this document's form.
  static let currentFormat = 1

  public struct File: Codable, Sendable, Hashable {
    /// As given on the command line, or, for files of the golden, relative to its folder.
    public let path: String
    public let sha256: String

    public init(path: String, sha256: String) {
      self.path = path
      self.sha256 = sha256
    }
  }

  /// An inner value that was written down whole.
  public struct Value: Codable, Sendable, Hashable {
    public let value: String
    /// Relative to the golden's folder.
    public let path: String
  }

  /// A Score-CAM map of what the network gave.
  public struct Explanation: Codable, Sendable, Hashable {
    public let method: String
    public let preset: String
    public let classIndex: Int
    /// The hooked node and value.
    public let node: String
    public let value: String
    public let channels: Int
    /// The map, height×width, relative to the golden's folder; nil where there is none.
    public let map: String?
    /// The logits under each channel's mask, channels×classes.
    public let scores: String
  }

  /// One input and what the network gave for it.
  public struct DataSet: Codable, Sendable {
    /// Such as `test_data_set_0`.
    public let folder: String
    /// The picture or tensor that was given.
    public let source: File
    /// What was done to the picture, in words; nil for a tensor.
    public let preprocessing: String?
    /// The files of the folder.
    public let files: [File]
    /// Of what each node makes, in the order in which they run.
    public let nodes: [ValueStatistics]
    /// The means of all nodes' channels one after the other, as many of each node as it says.
    public let channelMeans: String?
    public let values: [Value]?
    public let explanation: Explanation?
  }

  public let format: Int
  public let tool: String
  /// What of the CPU the kernels use.
  public let instructionSet: String
  public let model: File
  public let externalData: [File]
  public let opsets: [String: Int]
  public let producer: String
  /// The names of the model's inputs and outputs, in order.
  public let inputs: [String]
  public let outputs: [String]
  public let tolerance: ToleranceSet
  public let dataSets: [DataSet]
}
