import ArgumentParser
import Foundation
import OnnxLens

/// Runs ONNX's own test cases.
struct ConformanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance", abstract: "Run ONNX test cases and compare with the outputs they expect.",
    discussion: """
      A case is a folder with model.onnx and test_data_set_0/input_0.pb, …, output_0.pb, or a model X.onnx beside \
      X_output_0.pb, which runs on the ramp 0, 1/n, 2/n, …. Cases are searched for in the folders and those below them. \
      A case passes where all outputs have the expected types and shapes and differ by no more than the suite's \
      tolerance (0.001 · |expected| + 0.0000001, or what data.json beside the model says).

      A manifest holds a line for each case: its name and `pass`, or `unsupported` and what is, or `differs` and why. \
      Exit code 1 says that a case did not end as the manifest says, or, without one, that a case failed.
      """)

  @Argument(help: ArgumentHelp("Folders of cases.", valueName: "dir"))
  var folders: [String]

  @Option(help: ArgumentHelp("What is expected of each case.", valueName: "file"))
  var manifest: String?

  @Flag(help: "Write the manifest anew before comparing. A failure is never entered: add why it differs by hand.")
  var updateManifest = false

  @Option(help: ArgumentHelp("Write the results as JUnit XML.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("Seconds after which a case counts as failed.", valueName: "seconds"))
  var timeout: Double = 300

  @Option(help: ArgumentHelp("The most memory for the tensors of a case, such as 512M.", valueName: "size"))
  var maxMemory = ByteCount(bytes: 4 << 30)

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard timeout > 0, timeout <= 86_400 else {
      throw ValidationError("--timeout \(timeout): a number of seconds up to 86400 is expected")
    }
    if updateManifest, manifest == nil { throw ValidationError("--update-manifest needs --manifest") }
  }

  func run() throws {
    let limits = ConformanceLimits(seconds: timeout, memoryBytes: maxMemory.bytes, files: try common.readLimits())
    var manifest = try readManifest()
    let suite = try ConformanceSuite(folders: folders)
    var progress = Progress("cases", isQuiet: common.quiet)
    let results = suite.run(
      pool: common.makePool(), limits: limits, progress: { progress.show($0, of: $1) })
    if updateManifest, let path = self.manifest {
      manifest = manifest?.updated(with: results)
      try AtomicFile.write(manifest?.text ?? "", to: path)
    }
    let report = ConformanceReport(results, manifest: manifest)
    if let junit { try AtomicFile.write(report.junit(manifest: manifest).text, to: junit) }
    if common.json {
      Console.printJSON(report)
    } else {
      Console.write(report.text, to: .standardOutput)
    }
    if !report.holds { throw ExitCode(1) }
  }

  /// The manifest that is asked for; an empty one where it is about to be written for the first time.
  private func readManifest() throws -> ConformanceManifest? {
    guard let path = manifest else { return nil }
    if updateManifest, !FileManager.default.fileExists(atPath: path) { return ConformanceManifest(expectations: [:]) }
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure(.inputOutput, "cannot read \(path): \(error.localizedDescription)")
    }
    guard let manifest = ConformanceManifest(text: text) else {
      throw Failure(
        .malformed,
        "\(path) is no manifest: each line is a case and 'pass', 'unsupported' and what, or 'differs' and why, "
          + "separated by tabs, and no case stands twice")
    }
    return manifest
  }
}
