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

  @OptionGroup var common: CommonOptions

  func run() throws {
    let loaded = try common.readModel(model)
    let report = try InspectionReport(
      loaded, path: model, listsLayers: layers, listsFindings: lint, pool: common.makePool())
    if common.json {
      Console.printJSON(report)
    } else {
      Console.write(report.text, to: .standardOutput)
    }
  }
}
