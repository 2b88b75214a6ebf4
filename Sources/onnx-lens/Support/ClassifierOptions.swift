import ArgumentParser
import OnnxLens

/// The arguments of the commands that show pictures to a classifier.
struct ClassifierOptions: ParsableArguments {
  @Argument(help: "The ONNX model.")
  var model: String

  @Argument(help: "PNG or JPEG files, folders of them, or .npy tensors that are the network's input already.")
  var inputs: [String]

  @Option(
    help: ArgumentHelp(
      "How pictures become inputs: imagenet, caffe, tf, none, or a JSON file.", valueName: "name|file"))
  var preprocess: String?

  @Option(help: ArgumentHelp("The classes' names, a line each.", valueName: "file"))
  var labels: String?

  @Flag(help: "Leave pixels as stored rather than turning them as EXIF says.")
  var ignoreExif = false

  @Flag(help: "Compute all convolutions as plain sums of products, never by Winograd's method.")
  var precise = false

  var arithmetic: CompiledNetwork.Arithmetic { precise ? .precise : .fast }
}
