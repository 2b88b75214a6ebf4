import Execution
import Tensors

/// Grad-CAM++ with derivatives that are means over copies of the picture with noise added.
///
/// With D₁, D₂ and D₃ the means of the gradient and of its second and third powers, w_k = Σ D₂ / (2D₂ + D₃ · ΣA_k) · ReLU(D₁),
/// the activation A being that of the picture itself. The map is ReLU(Σ w_k A_k), resized and brought to 0…1.
///
/// - Source: Omeiza et al., "Smooth Grad-CAM++", arXiv 1908.01224, equations 5 to 8, with D₂ as the numerator, as in
///   Grad-CAM++ and torch-cam.
public struct SmoothGradCAMPlusPlus: Explainer {
  public let layer: HookableLayer
  public let samples: Int
  /// The noise's standard deviation in the units of the network's input.
  public let deviation: Double
  public let seed: UInt64
  public let choices: GradientChoices
  public let plusPlus: PlusPlusRule
  public let record: ExplainerRecord

  private let gradients: ClassGradients

  public static let samplesParameter = MethodParameter.whole("samples", 4, 1...100_000, "how many copies with noise")
  public static let deviationParameter = MethodParameter.number(
    "deviation", 0.3, 0...1000, "the noise's standard deviation in the units of the network's input")

  /// - Precondition: there is a sample, and the deviation is not negative.
  public init(
    layer: HookableLayer, samples: Int, deviation: Double, seed: UInt64, choices: GradientChoices = GradientChoices(),
    plusPlus: PlusPlusRule = .paper
  ) {
    precondition(samples > 0 && deviation >= 0)
    self.layer = layer
    self.samples = samples
    self.deviation = deviation
    self.seed = seed
    self.choices = choices
    self.plusPlus = plusPlus
    record = ExplainerRecord(
      method: ExplanationMethod.smoothGradCAMPlusPlus.name,
      knobs: choices.knobs([
        "samples": "\(samples)", "deviation": "\(deviation)", "torchcam": "\(plusPlus.rawValue)",
      ]), seed: seed)
    gradients = ClassGradients(of: layer, options: choices.options())
  }

  /// The sums of the powers of the gradient over the copies.
  private struct Powers {
    var first: [Double]
    var second: [Double]
    var third: [Double]

    init(count: Int) {
      first = [Double](repeating: 0, count: count)
      (second, third) = (first, first)
    }

    mutating func add(_ gradient: Tensor, keepsLast: Bool) {
      gradient.withElements(of: Float.self) { elements in
        for place in elements.indices {
          let g = Double(elements[place])
          first[place] = g + (keepsLast ? 0 : first[place])
          second[place] += g * g
          third[place] += g * g * g
        }
      }
    }
  }

  /// Complexity: for each sample a forward pass, and for each class a pass back to the layer.
  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let (image, noise) = (input.input.tensor, PictureNoise(seed: seed))
    let activation = try gradients.pass(image, input.classifier).activation()
    var powers = classes.map { _ in Powers(count: activation.count) }
    let pool = input.classifier.pool
    try gradients.forEach(samples, input.classifier) { sample in
      try noise.added(to: image, sample: sample, deviation: deviation, pool: pool)
    } gradients: { pass in
      try classes.map { try pass.gradient(ofClass: $0, choices.score) }
    } take: { sample, gradients in
      for (place, gradient) in gradients.enumerated() {
        powers[place].add(gradient, keepsLast: plusPlus == .torchCAM)
      }
      progress(sample + 1, samples)
    }
    return ExplainerResult(
      zip(classes, powers).map { index, powers in
        let weights = weights(powers, activation)
        return Explanation(
          classIndex: index,
          map: SaliencyMap.weightedSum(of: activation, weights).finished(for: input.classifier),
          channels: ChannelWeights(scores: weights, weights: weights))
      }, record: record)
  }

  private func weights(_ powers: Powers, _ activation: Tensor) -> [Double] {
    let plane = activation.shape[2] * activation.shape[3]
    let isTorchCAM = plusPlus == .torchCAM
    let share = 1 / Double(samples)
    let a = activation.elements(of: Float.self)
    return (0..<activation.shape[1]).map { channel in
      let places = channel * plane..<(channel + 1) * plane
      let total = places.reduce(0.0) { $0 + Double(a[$1]) * (isTorchCAM ? share * powers.third[$1] : 1) }
      return places.reduce(0.0) { sum, place in
        let second = share * powers.second[place]
        let third = isTorchCAM ? total : total * share * powers.third[place]
        let first = isTorchCAM ? powers.first[place] : share * powers.first[place]
        return sum + second / (2 * second + third + 1e-8) * max(0, first)
      }
    }
  }
}

extension ExplanationMethod {
  public static let smoothGradCAMPlusPlus = ExplanationMethod(
    "smooth-grad-cam++", title: "Smooth Grad-CAM++",
    summary: "Grad-CAM++ with the mean derivatives over copies of the picture with noise added", hooksLayer: true,
    parameters: [
      SmoothGradCAMPlusPlus.samplesParameter, SmoothGradCAMPlusPlus.deviationParameter, PlusPlusRule.parameter,
    ] + GradientChoices.parameters
  ) { options in
    SmoothGradCAMPlusPlus(
      layer: options.layer!, samples: options[whole: SmoothGradCAMPlusPlus.samplesParameter],
      deviation: options[SmoothGradCAMPlusPlus.deviationParameter], seed: options.seed,
      choices: GradientChoices(options), plusPlus: PlusPlusRule(options))
  }
}
