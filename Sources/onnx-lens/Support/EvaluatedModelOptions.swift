import ArgumentParser

/// The model that is evaluated, and how pictures become its inputs.
struct EvaluatedModelOptions: ParsableArguments {
  @Argument(help: "The ONNX model.")
  var model: String

  @Argument(help: "A folder of pictures or of a folder a class, a CSV file (file, class, boxes), or COCO JSON.")
  var dataSet: String

  @Option(
    help: ArgumentHelp(
      "How pictures become inputs: imagenet, caffe, tf, none, or a JSON file.", valueName: "name|file"))
  var preprocess: String?

  @Option(help: ArgumentHelp("The classes' names, a line each.", valueName: "file"))
  var labels: String?

  @Flag(help: "Leave pixels as stored rather than turning them as EXIF says; boxes belong to them as they are used.")
  var ignoreExif = false

  @Flag(help: "Compute all convolutions as plain sums of products, never by Winograd's method.")
  var precise = false
}
