extension ScoreCAMConfiguration {
  /// Every knob as the command line spells it, and the two that only presets set.
  public var knobs: [String: String] {
    let baseline =
      switch baseline {
      case .none: "none"
      case .zero: "zero"
      case .input: "input"
      case .blur: "blur"
      case .value(let value): "value:\(value)"
      }
    let weights =
      switch weights {
      case .raw: "raw"
      case .relu: "relu"
      case .softmax(temperature: 1): "softmax"
      case .softmax(let temperature): "softmax:\(temperature)"
      }
    return [
      "score": score.rawValue, "baseline": baseline, "weights": weights, "mask-domain": masking.domain.rawValue,
      "upsample": masking.upsampling.rawValue, "align-corners": String(masking.alignsCorners),
      "normalise": masking.normalization.rawValue, "combine": combination.rawValue, "finish": finish.rawValue,
      "mask-epsilon": "\(masking.epsilon)", "map-epsilon": "\(mapEpsilon)",
    ]
  }
}
