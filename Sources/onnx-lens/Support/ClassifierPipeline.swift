import Foundation
import OnnxLens

/// From a model file and picture files to a classifier and its inputs.
final class ClassifierPipeline {
  /// One INPUT argument's file, ready for the network.
  struct Input {
    let path: String
    /// The name that its results begin with.
    let stem: String
    let classifier: Classifier
    let network: NetworkInput
    /// What maps are drawn over.
    let canvas: ExplanationCanvas
    /// What was done to the picture, in words; nil for a tensor.
    let preprocessing: String?
  }

  let source: ClassifierOptions
  let common: CommonOptions
  let model: Model
  private(set) var labels: ClassLabels?

  private let session: Session
  private let imageInput: ImageInput
  private let pictures: PictureReader
  private let files: [String]
  private var classifiers: [Shape: Classifier] = [:]

  /// Reads the model and the rule for pictures, and says which defaults were taken.
  ///
  /// - Parameters:
  ///   - squashesBicubically: squash pictures by bicubic resizing, as the MATLAB article does, whatever the rule.
  ///   - memoryLimit: the most bytes that tensors may take.
  init(
    _ source: ClassifierOptions, _ common: CommonOptions, squashesBicubically: Bool = false, memoryLimit: Int = .max
  ) throws {
    self.source = source
    self.common = common
    files = try InputFiles.expand(source.inputs)
    model = try common.readModel(source.model)
    imageInput = try ImageInput(of: model.graph)
    session = try common.makeSession(model.graph, memoryLimit: memoryLimit)
    let hasPictures = files.contains { !InputFiles.isTensor($0) }
    pictures = try PictureReader(
      rule: source.preprocess, model: source.model, inputExtents: imageInput.extents,
      ignoresOrientation: source.ignoreExif, squashesBicubically: squashesBicubically
    ) { line in
      if hasPictures { common.say(line) }
    }
  }

  /// Calls `body` with each input. Where there are several, one that fails is reported and left out.
  ///
  /// - Returns: the failures.
  /// - Throws: the failure where there is one input alone.
  func forEachInput(_ body: (Input) throws -> Void) throws -> [Failure] {
    var failures: [Failure] = []
    for (path, stem) in zip(files, InputFiles.stems(of: files)) {
      do {
        try body(try input(path, stem: stem))
      } catch {
        guard let failure = Failure(error) else { throw error }
        let about = failure.message.contains(path) ? failure : failure.about(path)
        guard files.count > 1 else { throw about }
        failures.append(about)
        about.report(asJSON: false)
      }
    }
    return failures
  }

  private func input(_ path: String, stem: String) throws -> Input {
    if InputFiles.isTensor(path) {
      let tensor = try InputFiles.readTensor(path)
      let network = NetworkInput(tensor: tensor)
      return Input(
        path: path, stem: stem, classifier: try classifier(for: tensor.shape), network: network,
        canvas: ExplanationCanvas(showing: network, layout: imageInput.layout), preprocessing: nil)
    }
    let picture = try pictures.read(path)
    return Input(
      path: path, stem: stem, classifier: try classifier(for: picture.input.tensor.shape), network: picture.input,
      canvas: picture.canvas, preprocessing: picture.description)
  }

  /// The classifier for inputs of a shape, made at its first use.
  private func classifier(for shape: Shape) throws -> Classifier {
    if let classifier = classifiers[shape] { return classifier }
    let classifier = try Classifier(
      session: session, input: imageInput.value, inputShape: shape, layout: imageInput.layout,
      arithmetic: source.arithmetic)
    if classifiers.isEmpty {
      labels = try ClassLabels(path: source.labels, model: source.model, classCount: classifier.classCount)
    }
    classifiers[shape] = classifier
    return classifier
  }
}
