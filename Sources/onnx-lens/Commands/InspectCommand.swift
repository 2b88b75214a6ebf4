import ArgumentParser
import Foundation
import OnnxLens

/// What a model is made of.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Print what a model is made of, and which layers can be explained.")

  @Argument(help: "The ONNX model.")
  var model: String

  @Flag(help: "List every layer that can be hooked.")
  var layers = false

  @Flag(help: "List what is odd about the graph: training mode, NaN weights, weights that nothing reads and more.")
  var lint = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "With --lint: pictures, folders of them, or .npy tensors to run the model on, to find channels that never vary and "
        + "values out of all proportion.", valueName: "input"))
  var sample: [String] = []

  @OptionGroup var preparation: PreprocessingOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard sample.isEmpty || lint else { throw ValidationError("--sample needs --lint") }
  }

  func run() throws {
    let loaded = try common.readModel(model)
    let report = try InspectionReport(
      loaded, path: model, listsLayers: layers, listsFindings: lint, sample: try sampleFindings(loaded.graph),
      pool: common.makePool())
    if common.json {
      Console.printJSON(report)
    } else {
      Console.write(report.text, to: .standardOutput)
    }
  }
  /// What is odd about what the model makes of the sample.
  private func sampleFindings(_ graph: Graph) throws -> [LintFinding] {
    guard !sample.isEmpty else { return [] }
    let files = try InputFiles.expand(sample)
    let session = try common.makeSession(graph)
    let reader = try InputReader(of: graph, model: model, files, rule: preparation.preprocess, preparation, common)
    var lint = SampleLint(session)
    for file in files {
      do {
        try lint.observe([reader.input: try reader.read(file).tensor])
      } catch {
        throw Failure(error)?.about(file) ?? error
      }
    }
    return lint.findings
  }
}
