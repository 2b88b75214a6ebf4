import ArgumentParser
import OnnxLens

/// Whether two models do the same, and where they begin to differ.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Run two models side by side and name the first node at which they differ.",
    discussion: """
      Values are matched by name, by the module that their nodes were exported from, and by structure. \
      Both models get the same inputs. Exit code 1 says that a value is outside of the tolerance.
      """)

  @Argument(help: "The ONNX model to compare with.")
  var modelA: String

  @Argument(help: "The ONNX model that is compared.")
  var modelB: String

  @Argument(help: "PNG or JPEG files, folders of them, or .npy tensors that are the network's input already.")
  var inputs: [String]

  @Option(
    help: ArgumentHelp(
      "How far values may be off: \(ToleranceProfile.allCases.map(\.rawValue).joined(separator: ", ")), or a JSON file "
        + "with tolerances by the values' names in the first model.", valueName: "profile|file"))
  var tolerance = ToleranceProfile.fp32Reexport.rawValue

  @Option(
    help: ArgumentHelp(
      "How pictures become inputs: imagenet, caffe, tf, none, or a JSON file; what stands beside the first model where "
        + "it is left out.", valueName: "name|file"))
  var preprocess: String?

  @Flag(help: "Leave pixels as stored rather than turning them as EXIF says.")
  var ignoreExif = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let tolerances = try ToleranceSet(named: tolerance)
    let files = try InputFiles.expand(inputs)
    let sessionA = try common.makeSession(try common.readModel(modelA).graph)
    let sessionB = try common.makeSession(try common.readModel(modelB).graph)
    let tensors = try InputTensors(of: sessionA.graph, model: modelA, files, self)
    var diff = try ModelDiff(sessionA, sessionB, tolerance: tolerances.tolerance(for:))
    for file in files {
      do { try diff.compare([tensors.input: try tensors.read(file)]) } catch {
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
}

/// Makes tensors of files for a model's one input.
private struct InputTensors {
  let input: ValueID
  /// nil where the input takes no picture.
  private let pictures: PictureReader?

  init(of graph: Graph, model: String, _ files: [String], _ command: DiffCommand) throws {
    guard let input = graph.inputs.first, graph.inputs.count == 1 else {
      throw Failure(
        .unsupported,
        "\(model) takes \(graph.inputs.count) inputs; diff compares models of one input. The command run with --fetch "
          + "gives the values of any model")
    }
    self.input = input
    let pictureFiles = files.contains { !InputFiles.isTensor($0) }
    do {
      pictures = try PictureReader(
        rule: command.preprocess, model: model, inputExtents: try ImageInput(of: graph).extents,
        ignoresOrientation: command.ignoreExif
      ) { line in
        if pictureFiles { command.common.say(line) }
      }
    } catch {
      if pictureFiles { throw error }
      pictures = nil
    }
  }

  func read(_ file: String) throws -> Tensor {
    if InputFiles.isTensor(file) {
      return pictures == nil ? try NpyFile.read(file) : try InputFiles.readTensor(file)
    }
    return try pictures!.read(file).input.tensor
  }
}
