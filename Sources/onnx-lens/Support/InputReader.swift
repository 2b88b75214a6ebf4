import OnnxLens

/// Makes tensors of files for a model's one input.
struct InputReader {
  let input: ValueID
  /// nil where the input takes no picture.
  private let pictures: PictureReader?

  /// - Parameters:
  ///   - files: those that will be read; the rule for pictures is said where there is one among them.
  ///   - rule: how pictures become inputs; nil takes what stands beside the model.
  /// - Throws: `Failure` where the model takes several inputs, and where it takes no picture though one is given.
  init(
    of graph: Graph, model: String, _ files: [String], rule: String?, _ options: PreprocessingOptions,
    _ common: CommonOptions
  ) throws {
    guard let input = graph.inputs.first, graph.inputs.count == 1 else {
      throw Failure(
        .unsupported,
        "\(model) takes \(graph.inputs.count) inputs; only models of one input can be given pictures and tensors. The "
          + "command run with --fetch gives the values of any model")
    }
    self.input = input
    let hasPictures = files.contains { !InputFiles.isTensor($0) }
    do {
      pictures = try PictureReader(
        rule: rule, model: model, inputExtents: try ImageInput(of: graph).extents,
        ignoresOrientation: options.ignoreExif
      ) { line in
        if hasPictures { common.say(line) }
      }
    } catch {
      if hasPictures { throw error }
      pictures = nil
    }
  }

  /// - Returns: the tensor, and what was done to the picture, in words; nil for a tensor.
  func read(_ file: String) throws -> (tensor: Tensor, preprocessing: String?) {
    if InputFiles.isTensor(file) {
      return (pictures == nil ? try NpyFile.read(file) : try InputFiles.readTensor(file), nil)
    }
    let picture = try pictures!.read(file)
    return (picture.input.tensor, picture.description)
  }
}
