import ArgumentParser
import OnnxLens

/// The arguments of the commands that show pictures to a classifier.
struct ClassifierOptions: ParsableArguments {
  @Argument(help: "The ONNX model.")
  var model: String

  @OptionGroup var pictures: PictureOptions

  @Option(help: ArgumentHelp("The classes' names, a line each.", valueName: "file"))
  var labels: String?

  @Flag(help: "Compute all convolutions as plain sums of products, never by Winograd's method.")
  var precise = false

  var inputs: [String] { pictures.inputs }
  var preprocess: String? { pictures.preparation.preprocess }
  var ignoreExif: Bool { pictures.preparation.ignoreExif }
  var arithmetic: CompiledNetwork.Arithmetic { precise ? .precise : .fast }
}
