import ArgumentParser
import Foundation
import OnnxLens

/// Why a model answers as it does, as pictures.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Draw which places of a picture speak for a class.",
    discussion: """
      For each picture and class the map, the heat map, the overlay and a manifest of all choices are written to the \
      output folder. Every knob of a preset can be set over it.
      """)

  @OptionGroup var source: ClassifierOptions
  @OptionGroup var explain: ExplainOptions
  @OptionGroup(title: "Knobs of the preset") var knobs: KnobOptions
  @OptionGroup(title: "Drawing") var drawing: DrawingOptions
  @OptionGroup var common: CommonOptions

  private struct Document: Encodable {
    let model: String
    let results: [ExplanationEntry]
    /// Where several maps were made of a picture.
    let comparisons: [ComparisonEntry]?
  }

  func validate() throws {
    for preset in explain.preset.presets { _ = try knobs.configuration(over: preset) }
  }

  func run() throws {
    let folder = try OutputFolder(explain.output)
    let modelFile = Background { [model = source.model] in
      ExplanationManifest.File(path: model, sha256: try FileDigest.sha256(of: model))
    }
    let pipeline = try ClassifierPipeline(
      source, common, squashesBicubically: explain.followsArticle,
      memoryLimit: explain.maxMemory?.bytes ?? .max)
    var entries: [ExplanationEntry] = []
    var comparisons: [ComparisonEntry] = []
    let failures = try pipeline.forEachInput { input in
      let job = ExplanationJob(
        pipeline: pipeline, input: input, options: explain, knobs: knobs, drawing: drawing, folder: folder,
        modelFile: modelFile)
      let (explained, compared) = try job.run()
      entries.append(contentsOf: explained)
      comparisons.append(contentsOf: compared)
    }
    if common.json {
      Console.printJSON(
        Document(model: source.model, results: entries, comparisons: comparisons.isEmpty ? nil : comparisons))
    }
    if let first = failures.first { throw first }
  }
}
