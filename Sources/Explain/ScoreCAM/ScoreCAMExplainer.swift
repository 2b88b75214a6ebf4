/// Score-CAM as an explainer: the passes of a layer's channels, shared by all configurations with the same masks, and
/// the map that follows from them.
public struct ScoreCAMExplainer: Explainer {
  public let layer: HookableLayer
  public let configuration: ScoreCAMConfiguration
  public let record: ExplainerRecord

  /// - Parameter preset: the name of the preset that the configuration follows.
  public init(layer: HookableLayer, configuration: ScoreCAMConfiguration, preset: ScoreCAMPreset) {
    self.layer = layer
    self.configuration = configuration
    record = ExplainerRecord(
      method: ExplanationMethod.scoreCAM.name, preset: preset.rawValue, knobs: configuration.knobs)
  }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let passes = try input.passes(at: layer, masking: configuration.masking, progress: progress)
    return ExplainerResult(
      try classes.map { Explanation(try passes.explain(class: $0, configuration)) }, record: record, passes: passes)
  }
}

extension Explanation {
  /// Score-CAM's result as an explanation.
  public init(_ result: ScoreCAMResult) {
    self.init(
      classIndex: result.classIndex, map: result.map,
      channels: ChannelWeights(scores: result.scores, weights: result.weights), health: result.health)
  }
}

extension ExplanationMethod {
  public static let scoreCAM = ExplanationMethod(
    "score-cam", title: "Score-CAM",
    summary: "channels of a layer, weighed by what the class scores when the picture is masked by them",
    hooksLayer: true, hasPresets: true
  ) { options in
    ScoreCAMExplainer(layer: options.layer!, configuration: options.configuration, preset: options.preset)
  }
}
