import Execution

/// Grad-CAM and its kin: channels of a layer, weighed by the gradient of a class's score.
///
/// The map is ReLU(Σ w_k A_k), resized and brought to 0…1.
public struct GradientCAM: Explainer {
  public let layer: HookableLayer
  public let weighting: GradientWeighting
  public let choices: GradientChoices
  /// Of Grad-CAM++.
  public let plusPlus: PlusPlusRule
  public let record: ExplainerRecord

  private let gradients: ClassGradients

  public init(
    layer: HookableLayer, weighting: GradientWeighting, choices: GradientChoices = GradientChoices(),
    plusPlus: PlusPlusRule = .paper
  ) {
    self.layer = layer
    self.weighting = weighting
    self.choices = choices
    self.plusPlus = plusPlus
    record = ExplainerRecord(
      method: weighting.rawValue,
      knobs: choices.knobs(weighting == .gradCAMPlusPlus ? ["torchcam": "\(plusPlus.rawValue)"] : [:]))
    gradients = ClassGradients(of: layer, options: choices.options())
  }

  /// Complexity: a forward pass, and for each class a pass back to the layer.
  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let pass = try gradients.pass(input.input.tensor, input.classifier)
    let explanations = try classes.enumerated().map { number, index in
      let found = LayerGradient(
        activation: try pass.activation(), gradient: try pass.gradient(ofClass: index, choices.score))
      let weights = found.weights(weighting, plusPlus)
      progress(number + 1, classes.count)
      return Explanation(
        classIndex: index, map: found.map(weighting, weights: weights).finished(for: input.classifier),
        channels: ChannelWeights(scores: weights, weights: weights))
    }
    return ExplainerResult(explanations, record: record)
  }
}

extension ExplanationMethod {
  public static let gradCAM = gradientCAM(
    .gradCAM, title: "Grad-CAM", summary: "channels of a layer, weighed by the mean gradient of the class's score")

  public static let gradCAMPlusPlus = gradientCAM(
    .gradCAMPlusPlus, title: "Grad-CAM++",
    summary: "channels of a layer, weighed by positive gradients, those of few places more than those of many")

  public static let xGradCAM = gradientCAM(
    .xGradCAM, title: "XGrad-CAM", summary: "channels of a layer, weighed by gradients where the channel is active")

  public static let layerCAM = gradientCAM(
    .layerCAM, title: "LayerCAM", summary: "every place of a layer's channels, weighed by its own positive gradient")

  private static func gradientCAM(
    _ weighting: GradientWeighting, title: String, summary: String
  ) -> ExplanationMethod {
    let isPlusPlus = weighting == .gradCAMPlusPlus
    return ExplanationMethod(
      weighting.rawValue, title: title, summary: summary, hooksLayer: true,
      parameters: (isPlusPlus ? [PlusPlusRule.parameter] : []) + GradientChoices.parameters
    ) { options in
      GradientCAM(
        layer: options.layer!, weighting: weighting, choices: GradientChoices(options),
        plusPlus: isPlusPlus ? PlusPlusRule(options) : .paper)
    }
  }
}
