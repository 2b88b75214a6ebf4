import ArgumentParser
import Foundation
import OnnxLens

/// Holds a model against what was recorded.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Hold a model against a golden: same, or different and where.",
    discussion: """
      GOLDEN is a folder that record wrote, or any folder of test_data_set_N/input_M.pb and output_M.pb files, in the \
      order of the model's inputs and outputs. Exit code 0 says that all outputs are within the tolerance, and in a model \
      of the same nodes what every node makes; 1 that one is not.

      --reference-outputs takes what another framework gave: an .npy file for the one output, an .npz file with arrays \
      by the names of outputs, inner values, nodes or modules, or a folder of .npy files named so. GOLDEN then gives the \
      inputs, and may be an .npy file.

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

  @Option(
    help: ArgumentHelp("Compare with what another framework gave.", valueName: "file|folder"))
  var referenceOutputs: String?

  @Flag(
    help: """
      Run the model's parts on the golden's inner values (record --values) also below the first difference, to find \
      others.
      """)
  var bisect = false

  @OptionGroup var preparation: PreprocessingOptions

  @Option(help: ArgumentHelp("Write the results as JUnit XML.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("Write a page on the results (HTML, one file).", valueName: "file"))
  var report: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    var options = Verification.Options()
    options.tolerance = try tolerance.map { try ToleranceSet(named: $0) }
    options.references = try referenceOutputs.map { try ReferenceOutputs($0) }
    options.isolatesAll = bisect
    options.limits = try common.readLimits()
    let golden = try Golden(self.golden)
    let hasValues = options.references != nil || golden.manifest?.dataSets.contains { $0.values != nil } == true
    guard hasValues || !bisect else {
      throw Failure(
        .invalidRequest,
        "\(self.golden) has no inner values to --bisect with: record it with --values '*', or give --reference-outputs")
    }
    let session = try common.makeSession(try common.readModel(model).graph)
    var progress = Progress("inputs", isQuiet: common.quiet)
    let result = VerificationReport(
      try Verification(
        of: session, model: model, against: golden, options, prepare: try preparing(for: session.graph),
        progress: { progress.show($0, of: $1) }))
    if let junit { try AtomicFile.write(result.junit.text, to: junit) }
    if let report { try VerificationPage(result, tool: "onnx-lens \(onnxLensVersion)").write(to: report) }
    if common.json {
      Console.printJSON(result)
    } else {
      Console.write(result.text, to: .standardOutput)
    }
    if !result.same { throw ExitCode(1) }
  }

  /// How recorded pictures are prepared for the model now: as is asked for, or as stands beside it; where neither says
  /// anything, as they were.
  private func preparing(for graph: Graph) throws -> (GoldenManifest.DataSet) throws -> Tensor? {
    let isAskedFor = preparation.preprocess != nil
    let origin = try Preprocessing.load(preparation.preprocess, forModel: model).origin
    guard origin != .standard else { return { _ in nil } }
    return { dataSet in
      guard dataSet.preprocessing != nil else { return nil }
      let path = dataSet.source.path
      guard try FileManager.default.fileExists(atPath: path) && FileDigest.sha256(of: path) == dataSet.source.sha256
      else {
        guard isAskedFor else { return nil }
        throw Failure(
          .inputOutput, "\(path) is not there as it was recorded, so that it cannot be prepared by --preprocess")
      }
      let reader = try InputReader(
        of: graph, model: model, [path], rule: preparation.preprocess, preparation, common)
      return try reader.read(path).tensor
    }
  }
}
