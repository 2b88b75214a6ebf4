import ArgumentParser
import Foundation
import OnnxLens

/// The command line's root: one subcommand a file in Commands/.
@main
struct OnnxLensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "onnx-lens",
    abstract: "Runs ONNX image classifiers and shows why they answer as they do.",
    version: onnxLensVersion,
    subcommands: [
      ExplainCommand.self, ClassifyCommand.self, InspectCommand.self, RunCommand.self, BenchCommand.self,
      RecordCommand.self, VerifyCommand.self, EvaluateCommand.self, MergeCommand.self, ConformanceCommand.self,
      DiffCommand.self,
    ])

  /// Runs the command and makes the exit code of what it throws: the one place where errors become text.
  static func main() {
    // A reader that goes away, such as `head`, must not look like a crash.
    ignoreBrokenPipes()
    reportLostFiles()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error where Failure(error) != nil {
      let failure = Failure(error)!
      failure.report(asJSON: CommandLine.arguments.contains("--json"))
      Foundation.exit(failure.exitCode)
    } catch {
      exit(withError: error)
    }
  }
}
