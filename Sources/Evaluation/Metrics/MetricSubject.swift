public import Explain
public import Imaging
import Tensors

/// What a measure judges: a map of one class of one picture, and whom to ask.
public struct MetricSubject: Sendable {
  /// The picture and its classifier.
  public let explained: ExplainedInput

  /// What has made the map.
  public let explainer: any Explainer

  public let classIndex: Int

  /// The map at the network's input size, as the method gave it.
  public let map: SaliencyMap

  /// Where the class is, in pixels of the network's input; empty where nobody has said.
  public let boxes: [PixelBox]

  /// What random numbers for this picture follow from.
  public let seed: UInt64

  /// Three pictures of other classes than this one and each other, at the network's input size, for a mosaic; nil where
  /// there are not enough.
  public typealias Companions = @Sendable () throws -> [Image]?

  let companions: Companions?

  /// p_c of the picture as it is.
  public let probability: Double

  /// The map with its minimum at 0 and its maximum at 1; zeros where it is constant.
  let unitMap: [Float]

  /// The pixels from the largest value to the smallest.
  let ranking: PixelRanking

  /// Resizes the map to the network's input bilinearly, half-pixel centres, where it has another size.
  ///
  /// - Throws: `EvaluationError` where the map has a value that is not finite, `ExecutionError` where the network does
  ///   not run.
  public init(
    _ explained: ExplainedInput, explainer: any Explainer, class classIndex: Int, map: SaliencyMap,
    boxes: [PixelBox] = [], seed: UInt64 = 0, companions: Companions? = nil
  ) throws {
    guard map.values.allSatisfy(\.isFinite) else {
      throw EvaluationError(.mismatched, "the map of \(explainer.record.method) has values that are not finite")
    }
    self.explained = explained
    self.explainer = explainer
    self.classIndex = classIndex
    self.map = map.resized(width: explained.classifier.width, height: explained.classifier.height)
    self.boxes = boxes
    self.seed = seed
    self.companions = companions
    probability = try explained.probabilities[classIndex]
    unitMap = self.map.unitValues
    ranking = PixelRanking(of: self.map.values)
  }

  public var classifier: Classifier { explained.classifier }

  /// The picture's elements in the network's layout.
  var pixels: PixelPlanes { PixelPlanes(explained.input.tensor, layout: classifier.layout) }

  /// p_c of changed pictures.
  func probabilities(of pictures: [ChangedPicture]) throws -> [Double] {
    guard !pictures.isEmpty else { return [] }
    let logits = try classifier.logits(images: pictures.count, imagesPerThread: explained.batchSize) {
      pictures[$0]($1)
    }
    let classCount = classifier.classCount
    return pictures.indices.map { index in
      classifier.head.probabilities(of: Array(logits[index * classCount..<(index + 1) * classCount]))[classIndex]
    }
  }
}

extension SaliencyMap {
  /// (v − min) / (max − min); zeros where all values are equal.
  var unitValues: [Float] {
    guard let low = values.min(), let high = values.max(), low < high else {
      return [Float](repeating: 0, count: values.count)
    }
    return values.map { ($0 - low) / (high - low) }
  }
}
