public import Explain
import Foundation
import Tensors

/// What a picture's caption says.
public struct ExplanationCaption: Sendable {
  public let classIndex: Int
  public let className: String?
  public let probability: Double
  public let layer: String
  public let method: String
  public let preset: String

  public init(
    classIndex: Int, className: String?, probability: Double, layer: String, method: String, preset: String
  ) {
    self.classIndex = classIndex
    self.className = className
    self.probability = probability
    self.layer = layer
    self.method = method
    self.preset = preset
  }
}

/// Writes the files of one picture's explanations, each of them whole or not at all.
public struct ExplanationWriter: Sendable {
  private let folder: String
  private let stem: String
  private let passes: ScoreCAMPasses

  public init(folder: String, stem: String, passes: ScoreCAMPasses) {
    self.folder = folder
    self.stem = stem
    self.passes = passes
  }

  /// Writes the files of one class.
  public func writeFiles(of result: ScoreCAMResult, caption: ExplanationCaption) throws -> ExplanationFiles {
    var files = ExplanationFiles(scores: path("scores.npy"), manifest: path("json"))
    if let map = result.map {
      let file = path("\(result.classIndex).map.npy")
      try NpyFile.write(map.tensor, to: file)
      files.map = file
    }
    return files
  }

  /// Writes what is the same for all classes: the scores and the manifest.
  public func write(_ manifest: ExplanationManifest) throws {
    try NpyFile.write(passes.logits, to: path("scores.npy"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write([UInt8](try encoder.encode(manifest)) + [UInt8(ascii: "\n")], to: path("json"))
  }

  private func path(_ ending: String) -> String {
    URL(fileURLWithPath: folder).appendingPathComponent("\(stem).\(ending)").relativePath
  }
}
