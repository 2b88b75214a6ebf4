import Tensors

/// Ablation-CAM: channels weighed by the share of the class's score that goes where the channel is set to zero.
///
/// w_k = (y − y_k) / y with y the class's logit and y_k the same with channel k of the layer at zero; only the layers
/// behind the hooked one run again. The map is ReLU(Σ w_k A_k), resized and brought to 0…1.
///
/// - Source: Desai and Ramaswamy, "Ablation-CAM: Visual Explanations for Deep Convolutional Network via Gradient-free
///   Localization", WACV 2020, equation 3.
public struct AblationCAM: Explainer {
  public let layer: HookableLayer

  public init(layer: HookableLayer) { self.layer = layer }

  public var record: ExplainerRecord { ExplainerRecord(method: ExplanationMethod.ablationCAM.name) }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let activation = try input.activation(of: layer)
    let channelCount = activation.shape[1]
    let size = activation.shape[2] * activation.shape[3]
    let ablated = try input.tailLogits(behind: layer, count: channelCount, progress: progress) { channel, changed in
      activation.withElements(of: Float.self) { _ = changed.update(fromContentsOf: $0) }
      UnsafeMutableBufferPointer(rebasing: changed[channel * size..<(channel + 1) * size]).update(repeating: 0)
    }
    let logits = try input.logits
    let classCount = input.classifier.classCount
    return ExplainerResult(
      classes.map { index in
        let score = Double(logits[index])
        let scores = (0..<channelCount).map { Double(ablated[$0 * classCount + index]) }
        // A score of 0 has no shares.
        let weights = scores.map { score == 0 ? 0 : (score - $0) / score }
        return Explanation(
          classIndex: index,
          map: SaliencyMap.weightedSum(of: activation, weights).finished(for: input.classifier),
          channels: ChannelWeights(scores: scores, weights: weights))
      }, record: record)
  }
}

extension ExplanationMethod {
  public static let ablationCAM = ExplanationMethod(
    "ablation-cam", title: "Ablation-CAM",
    summary: "channels of a layer, weighed by what the class's score loses when each is set to zero", hooksLayer: true
  ) { AblationCAM(layer: $0.layer!) }
}
