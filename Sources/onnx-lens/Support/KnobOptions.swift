public import ArgumentParser
public import OnnxLens

/// The choices of a preset, each to be set over it.
struct KnobOptions: ParsableArguments {
  @Option(help: "What judges a masked picture.")
  var score: ScoreCAMConfiguration.Score?

  @Option(
    help: ArgumentHelp("The input whose score is taken off: none, zero, input, blur or value:V.", valueName: "input"))
  var baseline: ScoreCAMConfiguration.Baseline?

  @Option(help: ArgumentHelp("How weights follow from scores: raw, softmax, softmax:T or relu.", valueName: "rule"))
  var weights: ScoreCAMConfiguration.Weights?

  @Option(help: "What a mask multiplies: the normalised input, or the picture's bytes.")
  var maskDomain: ScoreCAMConfiguration.MaskDomain?

  @Option(help: "How maps are resized to the input's size.")
  var upsample: ScoreCAMConfiguration.Upsampling?

  @Flag(inversion: .prefixedNo, help: "Resize masks corner on corner rather than edge on edge.")
  var alignCorners: Bool?

  @Option(help: "Where masks are normalised: after resizing, before it, or after it column by column.")
  var normalise: ScoreCAMConfiguration.Normalization?

  @Option(help: "What the weights are summed over.")
  var combine: ScoreCAMConfiguration.Combination?

  /// The preset's choices with those that are given put over them.
  func configuration(over preset: ScoreCAMPreset) throws -> ScoreCAMConfiguration {
    var result = preset.configuration
    if let score { result.score = score }
    if let baseline { result.baseline = baseline }
    if let weights { result.weights = weights }
    if let maskDomain { result.masking.domain = maskDomain }
    if let upsample { result.masking.upsampling = upsample }
    if let alignCorners { result.masking.alignsCorners = alignCorners }
    if let normalise { result.masking.normalization = normalise }
    if let combine { result.combination = combine }
    if result.masking.alignsCorners, result.masking.upsampling == .nearest {
      throw ValidationError("--align-corners means nothing with --upsample nearest; leave one of them out")
    }
    return result
  }
}

extension ScoreCAMConfiguration.Baseline: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "none": self = .none
    case "zero": self = .zero
    case "input": self = .input
    case "blur": self = .blur
    default:
      guard argument.hasPrefix("value:"), let value = Float(argument.dropFirst("value:".count)), value.isFinite else {
        return nil
      }
      self = .value(value)
    }
  }
}

extension ScoreCAMConfiguration.Weights: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "raw": self = .raw
    case "relu": self = .relu
    case "softmax": self = .softmax(temperature: 1)
    default:
      guard argument.hasPrefix("softmax:"), let temperature = Double(argument.dropFirst("softmax:".count)),
        temperature.isFinite, temperature > 0
      else { return nil }
      self = .softmax(temperature: temperature)
    }
  }
}
