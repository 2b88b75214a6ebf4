public import Tensors

/// What one set of masked passes has found: the logits of all classes for every channel, from which the map of any
/// class under any score, baseline, weights and combination follows without another masked pass.
public struct ScoreCAMPasses: Sendable {
  public let classifier: Classifier
  public let input: NetworkInput
  let masks: MaskGenerator

  /// The channels that are constant, whose masks are zero.
  public let constantChannels: [Int]

  /// Channels×classes: the logits under each channel's mask.
  public let logits: Tensor

  /// The logits of the input as it is.
  public let inputLogits: [Float]

  /// The hooked activation, 1×channels×height×width.
  public var activation: Tensor { masks.activation }

  public var channelCount: Int { masks.channelCount }

  /// The map of one class.
  ///
  /// - Parameter configuration: any whose `masking` is that of the passes.
  public func explain(class index: Int, _ configuration: ScoreCAMConfiguration) throws -> ScoreCAMResult {
    precondition(configuration.masking == masks.masking, "the passes were made with other masks")
    let scores = try scores(class: index, configuration)
    let weights = weights(of: scores, configuration)
    let map = map(weights: weights, configuration)
    return ScoreCAMResult(
      classIndex: index, probability: classifier.head.probabilities(of: inputLogits)[index],
      logit: inputLogits[index], scores: scores, weights: weights, map: map,
      health: MapHealth(map: map, weights: weights, constantChannels: constantChannels.count))
  }

  /// The score of each channel, less that of the baseline.
  private func scores(class index: Int, _ configuration: ScoreCAMConfiguration) throws -> [Double] {
    func score(_ logits: [Float]) -> Double {
      switch configuration.score {
      case .logit: Double(logits[index])
      case .probability: classifier.head.probabilities(of: logits)[index]
      }
    }
    let baseline = try baselineLogits(configuration.baseline).map(score) ?? 0
    let classCount = classifier.classCount
    return logits.withElements(of: Float.self) { logits in
      (0..<channelCount).map { channel in
        score(Array(logits[channel * classCount..<(channel + 1) * classCount])) - baseline
      }
    }
  }

  /// The logits of the baseline input; nil where there is none.
  private func baselineLogits(_ baseline: ScoreCAMConfiguration.Baseline) throws -> [Float]? {
    let shape = input.tensor.shape
    switch baseline {
    case .none: return nil
    case .input: return inputLogits
    case .zero: return try classifier.logits(of: Tensor(shape, [Float](repeating: 0, count: shape.count)))
    case .value(let value):
      return try classifier.logits(of: Tensor(shape, [Float](repeating: value, count: shape.count)))
    case .blur:
      let blur = GaussianBlur(standardDeviation: Double(min(classifier.width, classifier.height)) / 20)
      return try classifier.logits(
        of: blur.apply(input.tensor, width: classifier.width, height: classifier.height, layout: classifier.layout))
    }
  }

  private func weights(of scores: [Double], _ configuration: ScoreCAMConfiguration) -> [Double] {
    switch configuration.weights {
    case .softmax(let temperature):
      return softmax(scores.map { $0 / temperature })
    case .raw, .relu:
      let isConstant = Set(constantChannels)
      return scores.enumerated().map { channel, score in
        if isConstant.contains(channel) { return 0 }
        return configuration.weights == .relu ? max(0, score) : score
      }
    }
  }
}

/// The explanation of one class.
public struct ScoreCAMResult: Sendable {
  public let classIndex: Int

  /// The probability of the class for the input as it is.
  public let probability: Double

  /// The logit of the class for the input as it is.
  public let logit: Float

  /// S_k: each channel's score, less the baseline's.
  public let scores: [Double]

  /// w_k: each channel's weight.
  public let weights: [Double]

  /// The map; nil where the configuration gives none for a constant sum.
  public let map: SaliencyMap?

  public let health: MapHealth
}
