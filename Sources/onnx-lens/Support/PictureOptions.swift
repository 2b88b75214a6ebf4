import ArgumentParser

/// Pictures and tensors as arguments, and how pictures become a network's input.
struct PictureOptions: ParsableArguments {
  @Argument(help: "PNG or JPEG files, folders of them, or .npy tensors that are the network's input already.")
  var inputs: [String]

  @OptionGroup var preparation: PreprocessingOptions
}

/// How pictures become a network's input.
struct PreprocessingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How pictures become inputs: imagenet, caffe, tf, none, or a JSON file; what stands beside the model where it is "
        + "left out.", valueName: "name|file"))
  var preprocess: String?

  @Flag(help: "Leave pixels as stored rather than turning them as EXIF says.")
  var ignoreExif = false
}
