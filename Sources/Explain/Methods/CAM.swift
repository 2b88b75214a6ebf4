/// Class activation mapping: the share that each place of the last feature map has in the class's logit.
///
/// Exact where the layer is followed by nothing but an average over all places and linear layers: then the logit is the
/// mean over places of Σ w_k A_k plus a constant, with w_k read from the layers' weights. The map is ReLU(Σ w_k A_k),
/// resized and brought to 0…1.
///
/// - Source: Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016, equation 2.
public struct CAM: Explainer {
  public let layer: HookableLayer

  public init(layer: HookableLayer) { self.layer = layer }

  public var record: ExplainerRecord { ExplainerRecord(method: ExplanationMethod.cam.name) }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let head = try LinearHead(behind: layer, of: input.classifier)
    let activation = try input.activation(of: layer)
    let size = activation.shape[2] * activation.shape[3]
    let means = activation.withElements(of: Float.self) { elements in
      (0..<activation.shape[1]).map { channel in
        elements[channel * size..<(channel + 1) * size].reduce(0.0) { $0 + Double($1) } / Double(size)
      }
    }
    return ExplainerResult(
      classes.map { index in
        let weights = head.weights(ofClass: index)
        return Explanation(
          classIndex: index,
          map: SaliencyMap.weightedSum(of: activation, weights).finished(for: input.classifier),
          channels: ChannelWeights(scores: zip(weights, means).map { $0 * $1 }, weights: weights))
      }, record: record)
  }
}

extension ExplanationMethod {
  public static let cam = ExplanationMethod(
    "cam", title: "CAM",
    summary: "channels of the last feature map, weighed by the linear layer behind its average", hooksLayer: true
  ) { CAM(layer: $0.layer!) }
}
