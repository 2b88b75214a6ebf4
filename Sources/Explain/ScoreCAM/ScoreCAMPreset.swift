/// A set of choices that reproduces one description or implementation of Score-CAM.
public enum ScoreCAMPreset: String, Sendable, CaseIterable {
  /// Wang et al. 2020 (arXiv 1910.01279), equation 10.
  case paper
  /// The same paper's algorithm 1.
  case paperAlgorithm = "paper-alg1"
  /// The paper's authors' own code.
  case official
  /// The library torch-cam 0.5.0.
  case torchcam
  /// The library pytorch-grad-cam 1.5.7.
  case gradcam
  /// Itakura's MATLAB article of 2021 as written, with its normalization per pixel column.
  case matlab
  /// The same with normalization over the whole map.
  case matlabMap = "matlab-map"

  /// Whether the preset hooks the convolution's own output where a layer is chosen automatically, takes pictures
  /// squashed by bicubic resizing, and draws in the article's way.
  public var followsArticle: Bool { self == .matlab || self == .matlabMap }

  /// The preset's choices.
  public var configuration: ScoreCAMConfiguration {
    switch self {
    case .paper:
      .init(
        masking: masking(), score: .probability, baseline: .zero, weights: .raw, combination: .activation,
        finish: .resized, mapEpsilon: 0, constantGivesNoMap: false)
    case .paperAlgorithm:
      .init(
        masking: masking(), score: .logit, baseline: .zero, weights: .softmax(temperature: 1),
        combination: .activation, finish: .resized, mapEpsilon: 0, constantGivesNoMap: false)
    case .official:
      .init(
        masking: masking(), score: .probability, baseline: .none, weights: .raw, combination: .upsampled,
        finish: .ownSize, mapEpsilon: 0, constantGivesNoMap: true)
    case .torchcam:
      .init(
        masking: masking(normalization: .before, epsilon: 1e-8), score: .logit, baseline: .input,
        weights: .softmax(temperature: 1), combination: .activation, finish: .ownSize, mapEpsilon: 1e-8,
        constantGivesNoMap: false)
    case .gradcam:
      .init(
        masking: masking(alignsCorners: true, epsilon: 1e-8), score: .logit, baseline: .none,
        weights: .softmax(temperature: 1), combination: .activation, finish: .normalisedTwice, mapEpsilon: 1e-7,
        constantGivesNoMap: false)
    case .matlab, .matlabMap:
      .init(
        masking: masking(domain: .pixel, normalization: self == .matlab ? .column : .after), score: .probability,
        baseline: .input, weights: .softmax(temperature: 1), combination: .mask, finish: .ownSize, mapEpsilon: 0,
        constantGivesNoMap: false)
    }
  }

  private func masking(
    domain: ScoreCAMConfiguration.MaskDomain = .normalised, alignsCorners: Bool = false,
    normalization: ScoreCAMConfiguration.Normalization = .after, epsilon: Float = 0
  ) -> ScoreCAMConfiguration.Masking {
    .init(
      domain: domain, upsampling: .bilinear, alignsCorners: alignsCorners, normalization: normalization,
      epsilon: epsilon)
  }
}
