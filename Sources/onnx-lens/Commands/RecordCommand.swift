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
      every node makes. It is there whole or not at all, and never overwritten.
      """)

  @Argument(help: "The ONNX model.")
  var model: String

  @Argument(help: "PNG or JPEG files, folders of them, or .npy tensors that are the network's input already.")
  var inputs: [String]

  @Option(help: ArgumentHelp("The folder to make.", valueName: "golden"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "How pictures become inputs: imagenet, caffe, tf, none, or a JSON file.", valueName: "name|file"))
  var preprocess: String?

  @Flag(help: "Leave pixels as stored rather than turning them as EXIF says.")
  var ignoreExif = false

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
    let files = try InputFiles.expand(inputs)
    let read = try common.readModel(model)
    let image = try ImageInput(of: read.graph)
    let pictures = try PictureReader(
      rule: preprocess, model: model, inputExtents: image.extents, ignoresOrientation: ignoreExif
    ) { line in
      if files.contains(where: { !InputFiles.isTensor($0) }) { common.say(line) }
    }
    let session = try common.makeSession(read.graph)
    var recorder = try GoldenRecorder(session, model: read, modelPath: model, output: output)
    defer { recorder.discard() }
    var progress = Progress("inputs", isQuiet: common.quiet)
    for (index, file) in files.enumerated() {
      progress.show(index, of: files.count)
      if InputFiles.isTensor(file) {
        try recorder.record([image.value: try InputFiles.readTensor(file)], source: file, preprocessing: nil)
      } else {
        let picture = try pictures.read(file)
        try recorder.record(
          [image.value: picture.input.tensor], source: file, preprocessing: picture.description)
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
