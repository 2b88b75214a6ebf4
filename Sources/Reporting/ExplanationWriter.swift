public import Explain
import Imaging
import Tensors

/// Writes the files of one picture's explanations, each of them whole or not at all.
public struct ExplanationWriter: Sendable {
  private let folder: String
  private let stem: String
  private let passes: ScoreCAMPasses?
  private let canvas: ExplanationCanvas
  private let style: ExplanationStyle

  /// - Parameters:
  ///   - stem: what the names of all files begin with.
  ///   - passes: the passes under channels' masks; nil where there are none.
  public init(
    folder: String, stem: String, passes: ScoreCAMPasses?, canvas: ExplanationCanvas, style: ExplanationStyle
  ) {
    self.folder = folder
    self.stem = stem
    self.passes = passes
    self.canvas = canvas
    self.style = style
  }

  /// Writes the files of one class.
  ///
  /// - Parameter montage: the channels to draw, which may depend on the result; none for no montage.
  public func writeFiles(
    of explanation: Explanation, caption: ExplanationCaption, montage channels: [Int]
  ) throws -> ExplanationFiles {
    var files = ExplanationFiles(scores: passes.map { _ in path("scores.npy") }, manifest: path("json"))
    let prefix = "\(explanation.classIndex)"
    if let map = explanation.map {
      let (mapPath, heatMapPath, overlayPath) = (
        path("\(prefix).map.npy"), path("\(prefix).heatmap.png"), path("\(prefix).overlay.png")
      )
      try NpyFile.write(map.tensor, to: mapPath)
      try style.heatMap(of: map, on: canvas).writePNG(to: heatMapPath)
      try style.overlay(of: map, on: canvas, caption: caption).writePNG(to: overlayPath)
      (files.map, files.heatmap, files.overlay) = (mapPath, heatMapPath, overlayPath)
    }
    if !channels.isEmpty, let weights = explanation.channels, let passes {
      let pictures = try style.montages(of: weights, passes: passes, channels: channels, caption: caption)
      let paths = [path("\(prefix).feature-maps.png"), path("\(prefix).masked-inputs.png")]
      try pictures.featureMaps.writePNG(to: paths[0])
      try pictures.maskedInputs.writePNG(to: paths[1])
      files.montage = paths
    }
    return files
  }

  /// Writes what is the same for all classes: the scores, where there are passes, and the manifest.
  public func write(_ manifest: ExplanationManifest) throws {
    if let passes { try NpyFile.write(passes.logits, to: path("scores.npy")) }
    try AtomicFile.write(try JSONDocument.text(of: manifest), to: path("json"))
  }

  /// Where the page on the picture is written to.
  public var reportPath: String { path("report.html") }

  private func path(_ ending: String) -> String {
    folder.hasSuffix("/") ? "\(folder)\(stem).\(ending)" : "\(folder)/\(stem).\(ending)"
  }
}
