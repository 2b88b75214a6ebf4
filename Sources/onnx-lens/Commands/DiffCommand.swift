import ArgumentParser
import OnnxLens

/// Whether two models do the same, and where they begin to differ.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Run two models side by side and name the first node at which they differ.",
    discussion: """
      Values are matched by name, by the module that their nodes were exported from, and by structure. \
      Both models get the same inputs, unless pictures are prepared in another way for the second. Exit code 1 says that a value is outside of the tolerance.
      """)

  @Argument(help: "The ONNX model to compare with.")
  var modelA: String

  @Argument(help: "The ONNX model that is compared.")
  var modelB: String

  @OptionGroup var pictures: PictureOptions

  @Option(
    help: ArgumentHelp(
      "How pictures become inputs of the second model, where that is another way than for the first; what stands beside "
        + "the second model where both are left out.", valueName: "name|file"))
  var preprocessB: String?

  @Flag(
    help: "Run the second model's parts on the first one's values also below the first difference, to find others.")
  var bisect = false

  @Option(
    help: ArgumentHelp(
      "How far values may be off: \(ToleranceProfile.allCases.map(\.rawValue).joined(separator: ", ")), or a JSON file "
        + "with tolerances by the values' names in the first model.", valueName: "profile|file"))
  var tolerance = ToleranceProfile.fp32Reexport.rawValue

  @OptionGroup var common: CommonOptions

  func run() throws {
    let tolerances = try ToleranceSet(named: tolerance)
    let files = try InputFiles.expand(pictures.inputs)
    let sessionA = try common.makeSession(try common.readModel(modelA).graph)
    let sessionB = try common.makeSession(try common.readModel(modelB).graph)
    let preparation = pictures.preparation
    let reader = try InputReader(
      of: sessionA.graph, model: modelA, files, rule: preparation.preprocess, preparation, common)
    let readerB = try secondRule().map {
      try InputReader(of: sessionB.graph, model: modelB, files, rule: $0, preparation, common)
    }
    var diff = try ModelDiff(sessionA, sessionB, isolatesAll: bisect, tolerance: tolerances.tolerance(for:))
    for file in files {
      do {
        let tensor = try reader.read(file).tensor
        if let readerB, !InputFiles.isTensor(file) {
          try diff.compare([reader.input: tensor], [reader.input: try readerB.read(file).tensor])
        } else {
          try diff.compare([reader.input: tensor])
        }
      } catch {
        throw Failure(error)?.about(file) ?? error
      }
    }
    let report = DiffReport(diff, modelA: modelA, modelB: modelB, inputs: files, tolerance: tolerance)
    if common.json {
      Console.printJSON(report)
    } else {
      Console.write(report.text, to: .standardOutput)
    }
    if !report.same { throw ExitCode(1) }
  }

  /// How pictures become inputs of the second model; nil where it gets the first one's.
  private func secondRule() throws -> String? {
    if let preprocessB { return preprocessB }
    guard pictures.preparation.preprocess == nil,
      case .sidecar(let path) = try Preprocessing.load(nil, forModel: modelB).origin
    else { return nil }
    return path
  }
}
