import Tensors

/// Score-CAM over the K channels that vary most, as if the layer had no others: K passes rather than one a channel.
///
/// Channels are ranked by the standard deviation over their places, of equal ones the lower index first. A note for each
/// class says what share of the variation the K channels have, and how far the weighted sum can be from that of all.
///
/// - Source: the variant that tf-keras-vis names Faster Score-CAM.
public struct FastScoreCAM: Explainer {
  public static let channels = MethodParameter.whole("channels", 64, 1...65_536, "channels to take")

  public let layer: HookableLayer
  public let configuration: ScoreCAMConfiguration
  public let channelLimit: Int
  public let record: ExplainerRecord

  init(_ options: ExplainerOptions) {
    layer = options.layer!
    configuration = options.configuration
    channelLimit = options[whole: FastScoreCAM.channels]
    record = ExplainerRecord(
      method: ExplanationMethod.fastScoreCAM.name, preset: options.preset.rawValue,
      knobs: options.configuration.knobs.merging(options.knobs([FastScoreCAM.channels])) { first, _ in first })
  }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let activation = try input.activation(of: layer)
    let variation = FastScoreCAM.standardDeviations(of: activation)
    let ranking = variation.indices.sorted { (variation[$1], $0) < (variation[$0], $1) }
    let chosen = ranking.prefix(channelLimit).sorted()
    let leftOut = ranking.dropFirst(channelLimit).filter { variation[$0] > 0 }
    let passes = try ScoreCAM(classifier: input.classifier, layer: layer, batchSize: input.batchSize)
      .run(input.input, masking: configuration.masking, channels: chosen, progress: progress)

    var notes = [
      """
      \(chosen.count) of \(variation.count) channels hold \
      \(percent(chosen.reduce(0) { $0 + variation[$1] } / max(variation.reduce(0, +), .leastNormalMagnitude))) of the \
      layer's variation
      """
    ]
    let explanations = try classes.map { index in
      let result = try passes.explain(class: index, configuration)
      if let bound = bound(result, activation: activation, chosen: chosen, leftOut: leftOut) {
        notes.append("class \(index): \(bound)")
      }
      func spread(_ values: [Double]) -> [Double] {
        var all = [Double](repeating: 0, count: variation.count)
        for (place, channel) in chosen.enumerated() { all[channel] = values[place] }
        return all
      }
      return Explanation(
        classIndex: index, map: result.map,
        channels: ChannelWeights(scores: spread(result.scores), weights: spread(result.weights)),
        health: result.health)
    }
    var record = record
    record.notes = notes
    return ExplainerResult(explanations, record: record)
  }

  /// How far Σ w_k A_k over the chosen channels can be from the sum over all, in words; nil for softmax weights, which
  /// the left-out channels would change, and for scores without bounds.
  ///
  /// A weight is a difference of two probabilities, so the left-out part is nowhere larger than Σ |A_k| over those
  /// channels, times the largest weight that any of them has, which is at most 1.
  private func bound(
    _ result: ScoreCAMResult, activation: Tensor, chosen: [Int], leftOut: [Int]
  ) -> String? {
    guard configuration.score == .probability, configuration.weights == .raw || configuration.weights == .relu else {
      return nil
    }
    guard !leftOut.isEmpty else { return "no channel that varies is left out: the map is that of all channels" }
    let size = activation.shape[2] * activation.shape[3]
    var (sum, rest) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    activation.withElements(of: Float.self) { elements in
      for (channel, weight) in zip(chosen, result.weights) {
        for place in 0..<size { sum[place] += weight * Double(elements[channel * size + place]) }
      }
      for channel in leftOut {
        for place in 0..<size { rest[place] += abs(Double(elements[channel * size + place])) }
      }
    }
    let largest = sum.lazy.map(abs).max() ?? 0
    guard largest > 0 else { return nil }
    let (bound, weight) = ((rest.max() ?? 0) / largest, result.weights.lazy.map(abs).max() ?? 0)
    return """
      the weighted sum is within \(percent(bound * weight)) of its largest value if no channel that was left out weighs \
      more than the largest found (\(Float(weight))), within \(percent(bound)) whatever they weigh
      """
  }

  /// The standard deviation of each channel over its places.
  static func standardDeviations(of activation: Tensor) -> [Double] {
    let size = activation.shape[2] * activation.shape[3]
    return activation.withElements(of: Float.self) { elements in
      (0..<activation.shape[1]).map { channel in
        let plane = elements[channel * size..<(channel + 1) * size]
        // Exactly 0 for a constant, which a mean that is rounded need not give.
        guard plane.contains(where: { $0 != plane.first! }) else { return 0 }
        let mean = plane.reduce(0.0) { $0 + Double($1) } / Double(size)
        return (plane.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(size)).squareRoot()
      }
    }
  }
}

/// A share as text, such as `61.3 %`.
private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

extension ExplanationMethod {
  public static let fastScoreCAM = ExplanationMethod(
    "fast-score-cam", title: "Fast Score-CAM", summary: "Score-CAM over the channels that vary most, with a bound",
    hooksLayer: true, hasPresets: true, parameters: [FastScoreCAM.channels]
  ) { FastScoreCAM($0) }
}
