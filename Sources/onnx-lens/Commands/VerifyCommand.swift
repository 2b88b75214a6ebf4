import ArgumentParser
import OnnxLens

/// Holds a model against what was recorded.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Hold a model against a golden: same, or different and where.",
    discussion: """
      GOLDEN is a folder that record wrote, or any folder of test_data_set_N/input_M.pb and output_M.pb files, in the \
      order of the model's inputs and outputs. Exit code 0 says that all outputs are within the tolerance, 1 that one is \
      not.

      Without --tolerance the golden's own counts, and fp32-reexport where it has none. A file is JSON: \
      {"profile": "fp16", "values": [{"name": "/layer4/*", "atol": 0.001, "rtol": 0.02}]}.
      """)

  @Argument(help: "The folder that record wrote, or one of test_data_set_N folders.")
  var golden: String

  @Argument(help: "The ONNX model.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "How far values may be off: bit-exact, fp32-reexport, fp16, int8, or a JSON file.", valueName: "profile|file"))
  var tolerance: String?

  @Option(help: ArgumentHelp("Write the results as JUnit XML.", valueName: "file"))
  var junit: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let tolerance = try self.tolerance.map { try ToleranceSet(named: $0) }
    let golden = try Golden(self.golden)
    let session = try common.makeSession(try common.readModel(model).graph)
    var progress = Progress("inputs", isQuiet: common.quiet)
    let report = VerificationReport(
      try Verification(
        of: session, model: model, against: golden, tolerance: tolerance, limits: try common.readLimits(),
        progress: { progress.show($0, of: $1) }))
    if let junit { try AtomicFile.write(report.junit.text, to: junit) }
    if common.json {
      Console.printJSON(report)
    } else {
      Console.write(report.text, to: .standardOutput)
    }
    if !report.same { throw ExitCode(1) }
  }
}
