import Foundation
import OnnxLens

/// A model and what makes inputs of a data set's files.
final class EvaluationSource: @unchecked Sendable {
  let model: Model
  let dataSet: DataSet
  /// For the model's usual input size.
  let classifier: Classifier
  /// The rule for pictures, in words.
  let preprocessing: String

  private let pictures: PictureReader
  private let session: Session
  private let imageInput: ImageInput
  private let arithmetic: CompiledNetwork.Arithmetic
  private let labels: ClassLabels?
  private let lock = NSLock()
  private var classifiers: [Shape: Classifier]

  init(_ source: EvaluatedModelOptions, _ options: EvaluateOptions, _ common: CommonOptions, memoryLimit: Int) throws {
    model = try common.readModel(source.model)
    let all = try DataSet(source.dataSet, images: options.images)
    dataSet = options.limit.map { all.prefix($0) } ?? all
    imageInput = try ImageInput(of: model.graph)
    session = try common.makeSession(model.graph, memoryLimit: memoryLimit)
    arithmetic = source.precise ? .precise : .fast
    pictures = try PictureReader(
      rule: source.preprocess, model: source.model, inputExtents: imageInput.extents,
      ignoresOrientation: source.ignoreExif, say: { common.say($0) })
    let size = pictures.size
    let shape = try imageInput.shape(height: size.height, width: size.width)
    classifier = try Classifier(
      session: session, input: imageInput.value, inputShape: shape, layout: imageInput.layout, arithmetic: arithmetic)
    classifiers = [shape: classifier]
    labels = try ClassLabels(path: source.labels, model: source.model, classCount: classifier.classCount)
    preprocessing = pictures.rule
  }

  /// Reads a picture or tensor of the data set.
  func load(_ item: DataSet.Item) throws -> EvaluationJob.Picture {
    if InputFiles.isTensor(item.path) {
      do {
        let tensor = try InputFiles.readTensor(item.path)
        return .init(
          input: NetworkInput(tensor: tensor), classifier: try classifier(for: tensor.shape), mapping: nil)
      } catch let failure as Failure {
        throw EvaluationError(failure.kind, failure.message)
      }
    }
    let picture = try pictures.read(item.path)
    return .init(
      input: picture.input, classifier: try classifier(for: picture.input.tensor.shape),
      mapping: try picture.input.picture?.preprocessing.mapping(of: picture.canvas.photograph))
  }

  /// The index of a class that the data set names: an index, a label, or a place among the folders' names where there
  /// are as many as the model has classes.
  func classIndex(_ name: String) throws -> Int {
    let count = classifier.classCount
    if let index = Int(name) {
      guard (0..<count).contains(index) else {
        throw EvaluationError(.mismatched, "class \(index) of the data set: the model's classes are 0 to \(count - 1)")
      }
      return index
    }
    if let labels {
      do { return try labels.index(of: name) } catch let failure as Failure {
        throw EvaluationError(failure.kind, failure.message)
      }
    }
    if let names = dataSet.classNames, names.count == count, let index = names.firstIndex(of: name) { return index }
    throw EvaluationError(
      .mismatched, "which class '\(name)' of the data set is to the model is not known: give --labels FILE")
  }

  private func classifier(for shape: Shape) throws -> Classifier {
    try lock.withLock {
      if let classifier = classifiers[shape] { return classifier }
      let classifier = try Classifier(
        session: session, input: imageInput.value, inputShape: shape, layout: imageInput.layout, arithmetic: arithmetic)
      classifiers[shape] = classifier
      return classifier
    }
  }
}
