import Tensors

/// Variants of Score-CAM that score each channel by the mean over several changed masks, as torch-cam computes them.
///
/// The masks are torch-cam's (normalised at the activation's size, then resized), scores are logits less the picture's,
/// weights their softmax over channels. The map is ReLU(Σ w_k A_k), resized and brought to 0…1.
public struct SmoothedScoreCAM: Explainer {
  /// How masks are changed.
  public enum Smoothing: Sendable, Hashable {
    /// SS-CAM: independent normal noise of this standard deviation is added to each of the mask's pixels.
    ///
    /// - Source: Wang et al., "SS-CAM: Smoothed Score-CAM for Sharper Visual Feature Localization", arXiv 2006.14255,
    ///   with noise on the mask.
    case noise(deviation: Double)
    /// IS-CAM: the mask is multiplied with 1/N, 3/N, 6/N…: the running sums of j/N up to round j of N.
    ///
    /// - Source: Naidu et al., "IS-CAM: Integrated Score-CAM for axiomatic-based explanations", arXiv 2010.03023.
    case integration
  }

  public static let noiseSamples = MethodParameter.whole("samples", 35, 1...10_000, "noisy masks of each channel")
  public static let deviation = MethodParameter.number(
    "deviation", 2, 0...1e6, "standard deviation of the noise on masks of 0 to 1")
  public static let steps = MethodParameter.whole("steps", 10, 1...10_000, "rounds of the integration")

  public let layer: HookableLayer
  public let smoothing: Smoothing
  public let sampleCount: Int
  public let record: ExplainerRecord

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let classifier = input.classifier
    let activation = try input.activation(of: layer)
    let masks = MaskGenerator(
      activation: activation, masking: ScoreCAMPreset.torchcam.configuration.masking, width: classifier.width,
      height: classifier.height)
    let masked = try MaskedInput(input.input, domain: .normalised, layout: classifier.layout)
    let isConstant = Set(masks.constantChannels())
    let (channelCount, classCount) = (masks.channelCount, classifier.classCount)
    let size = masks.width * masks.height
    let whole = try input.logits
    var scores = [[Double]](repeating: [Double](repeating: 0, count: channelCount), count: classes.count)
    for sample in 0..<sampleCount {
      let change = change(sample)
      let total = sampleCount * channelCount
      func advance(_ done: Int, _ channels: Int) { progress(sample * channelCount + done, total) }
      let logits = try input.logits(images: channelCount, progress: advance) { channel, image in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { mask in
          if isConstant.contains(channel) {
            mask.initialize(repeating: 0)
          } else {
            masks.write(channel: channel, to: mask)
          }
          change(channel, mask)
          masked.write(mask: UnsafeBufferPointer(mask), to: image)
        }
      }
      for (place, index) in classes.enumerated() {
        for channel in 0..<channelCount {
          scores[place][channel] += Double(logits[channel * classCount + index] - whole[index])
        }
      }
    }
    return ExplainerResult(
      zip(classes, scores).map { index, sums in
        let scores = sums.map { $0 / Double(sampleCount) }
        let weights = softmax(scores)
        return Explanation(
          classIndex: index,
          map: SaliencyMap.weightedSum(of: activation, weights).finished(for: classifier),
          channels: ChannelWeights(scores: scores, weights: weights), constantChannels: isConstant.count)
      }, record: record)
  }

  /// What a sample does to the mask of a channel.
  private func change(_ sample: Int) -> @Sendable (_ channel: Int, _ mask: UnsafeMutableBufferPointer<Float>) -> Void {
    switch smoothing {
    case .noise(let deviation):
      let field = RandomField(seed: record.seed ?? 0, stream: UInt64(sample))
      return { channel, mask in
        for pixel in mask.indices { mask[pixel] += Float(deviation * field.normal(channel * mask.count + pixel)) }
      }
    case .integration:
      let factor = Float(Double((sample + 1) * (sample + 2)) / Double(2 * sampleCount))
      return { _, mask in for pixel in mask.indices { mask[pixel] *= factor } }
    }
  }
}

extension ExplanationMethod {
  public static let ssCAM = ExplanationMethod(
    "ss-cam", title: "SS-CAM", summary: "Score-CAM with each channel's score averaged over noisy masks",
    hooksLayer: true, parameters: [SmoothedScoreCAM.noiseSamples, SmoothedScoreCAM.deviation]
  ) { options in
    SmoothedScoreCAM(
      layer: options.layer!, smoothing: .noise(deviation: options[SmoothedScoreCAM.deviation]),
      sampleCount: options[whole: SmoothedScoreCAM.noiseSamples],
      record: ExplainerRecord(
        method: "ss-cam", knobs: options.knobs([SmoothedScoreCAM.noiseSamples, SmoothedScoreCAM.deviation]),
        seed: options.seed))
  }

  public static let isCAM = ExplanationMethod(
    "is-cam", title: "IS-CAM", summary: "Score-CAM with each channel's score integrated from no mask to full masks",
    hooksLayer: true, parameters: [SmoothedScoreCAM.steps]
  ) { options in
    SmoothedScoreCAM(
      layer: options.layer!, smoothing: .integration, sampleCount: options[whole: SmoothedScoreCAM.steps],
      record: ExplainerRecord(method: "is-cam", knobs: options.knobs([SmoothedScoreCAM.steps])))
  }
}
