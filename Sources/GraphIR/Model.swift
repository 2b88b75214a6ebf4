/// A model file's content: the graph, and what the file says about itself.
public struct Model: Sendable {
  public let graph: Graph

  /// The version of the file format.
  public let irVersion: Int

  /// The exporter's name, such as `pytorch`; empty where it left none.
  public let producerName: String
  public let producerVersion: String

  /// The file's key-value notes.
  public let metadata: [String: String]

  /// What was odd about the file without being wrong, a sentence each.
  public let warnings: [String]

  /// The files of external data that weights are in, relative to the model's folder, sorted.
  public let externalFiles: [String]

  public init(
    graph: Graph, irVersion: Int, producerName: String = "", producerVersion: String = "",
    metadata: [String: String] = [:], warnings: [String] = [], externalFiles: [String] = []
  ) {
    self.graph = graph
    self.irVersion = irVersion
    self.producerName = producerName
    self.producerVersion = producerVersion
    self.metadata = metadata
    self.warnings = warnings
    self.externalFiles = externalFiles
  }
}
