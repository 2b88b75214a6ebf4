import ArgumentParser
import Foundation
import OnnxLens

/// Writes what a model gives, for later comparison.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Write down what a model gives for some inputs, for verify to compare with.",
    discussion: """
      The golden is a folder: test_data_set_N/input_0.pb and output_0.pb for each input, as ONNX's own test cases have \
      them, and manifest.json with digests of all files, preprocessing, operator sets, tolerance, and statistics of what \
      every node makes and of its channels. It is there whole or not at all, and never overwritten.
      """)

  @Argument(help: "The ONNX model.")
  var model: String

  @OptionGroup var pictures: PictureOptions

  @Option(help: ArgumentHelp("The folder to make.", valueName: "golden"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Write down whole what nodes make too, where the value's name fits; * stands for any characters; repeatable.",
      valueName: "pattern"))
  var values: [String] = []

  @Flag(help: "Make a Score-CAM map of each input too, so that verify can say what becomes of it.")
  var explain = false

  @Option(
    help: ArgumentHelp(
      "How far verify lets values be off: bit-exact, fp32-reexport, fp16, int8, or a JSON file.",
      valueName: "profile|file"))
  var tolerance = ToleranceProfile.fp32Reexport.rawValue

  @OptionGroup var common: CommonOptions

  private struct Document: Encodable {
    let model: String
    let golden: String
    let inputs: [String]
  }

  func run() throws {
    let tolerance = try ToleranceSet(named: self.tolerance)
    let files = try InputFiles.expand(pictures.inputs)
    let read = try common.readModel(model)
    let session = try common.makeSession(read.graph)
    let reader = try InputReader(
      of: session.graph, model: model, files, rule: pictures.preparation.preprocess, pictures.preparation, common)
    var recorder = try GoldenRecorder(session, model: read, modelPath: model, output: output)
    defer { recorder.discard() }
    var progress = Progress("inputs", isQuiet: common.quiet)
    for (index, file) in files.enumerated() {
      progress.show(index, of: files.count)
      let (tensor, preprocessing) = try reader.read(file)
      do {
        try recorder.record(
          [reader.input: tensor], source: file, preprocessing: preprocessing,
          keeps: { name in values.contains { Wildcard.matches(name, pattern: $0) } }, explains: explain)
      } catch {
        throw Failure(error)?.about(file) ?? error
      }
    }
    progress.show(files.count, of: files.count)
    try recorder.finish(tool: "onnx-lens \(onnxLensVersion)", tolerance: tolerance)
    if common.json {
      Console.printJSON(Document(model: model, golden: output, inputs: files))
    } else {
      Console.print("\(output)  \(files.count) input\(files.count == 1 ? "" : "s"), \(tolerance.summary)")
    }
  }
}
