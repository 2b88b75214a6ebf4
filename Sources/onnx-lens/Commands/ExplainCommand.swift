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
  }

  func validate() throws {
    _ = try knobs.configuration(over: explain.preset)
  }

  func run() throws {
    let folder = try OutputFolder(explain.output)
    let modelFile = Background { [model = source.model] in
      ExplanationManifest.File(path: model, sha256: try FileDigest.sha256(of: model))
    }
    let pipeline = try ClassifierPipeline(
      source, common, squashesBicubically: explain.method.hasPresets && explain.preset.followsArticle,
      memoryLimit: explain.maxMemory?.bytes ?? .max)
    let configuration = try knobs.configuration(over: explain.preset)
    var entries: [ExplanationEntry] = []
    let failures = try pipeline.forEachInput { input in
      let job = ExplanationJob(
        pipeline: pipeline, input: input, options: explain, configuration: configuration, drawing: drawing,
        folder: folder, modelFile: modelFile)
      entries.append(contentsOf: try job.run())
    }
    if common.json { Console.printJSON(Document(model: source.model, results: entries)) }
    if let first = failures.first { throw first }
  }
}
