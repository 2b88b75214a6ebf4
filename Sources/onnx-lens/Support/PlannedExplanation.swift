import OnnxLens

/// One of the explanations that are asked for.
struct PlannedExplanation {
  let method: ExplanationMethod

  /// The method, and the preset where there are several.
  let title: String

  /// What tells its files apart.
  let fileName: String

  /// The layers that are hooked; empty for methods that hook none.
  let layers: [LayerChoice]

  let explainer: any Explainer

  /// All that the options ask for, in the order of the methods' list and with presets in theirs.
  ///
  /// - Parameter layers: those that are named, for methods that hook layers.
  static func all(
    _ options: ExplainOptions, knobs: KnobOptions, layers: [LayerChoice]
  ) throws -> [PlannedExplanation] {
    let presets = options.preset.presets
    let settings = try options.settings()
    return try options.method.methods.flatMap { method in
      // Variants of Score-CAM follow one preset.
      let own = method.name == ExplanationMethod.scoreCAM.name ? presets : [presets[0]]
      return try own.map { preset in
        try PlannedExplanation(
          method, preset: preset, isOneOfSeveral: own.count > 1, options, knobs: knobs, layers: layers,
          parameters: settings.parameters(of: method))
      }
    }
  }

  private init(
    _ method: ExplanationMethod, preset: ScoreCAMPreset, isOneOfSeveral: Bool, _ options: ExplainOptions,
    knobs: KnobOptions, layers: [LayerChoice], parameters: [String: Double]
  ) throws {
    self.method = method
    title = isOneOfSeveral ? "\(method.title) \(preset.rawValue)" : method.title
    fileName = isOneOfSeveral ? "\(method.name).\(preset.rawValue)" : method.name
    self.layers = method.hooksLayer ? layers : []
    func explainer(at layer: LayerChoice?) throws -> any Explainer {
      try method.explainer(
        ExplainerOptions(
          layer: layer?.layer, preset: preset, configuration: try knobs.configuration(over: preset),
          seed: options.seed, parameters: parameters))
    }
    let base: any Explainer =
      self.layers.count > 1
      ? FusedExplainer(
        try layers.map { try explainer(at: $0) }, layers: layers.map(\.layer.valueName),
        fusion: options.fuse ?? .mean)
      : try explainer(at: self.layers.first)
    self.explainer = options.smooth ? AugmentedExplainer(base) : base
  }
}
