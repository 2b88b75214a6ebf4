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
