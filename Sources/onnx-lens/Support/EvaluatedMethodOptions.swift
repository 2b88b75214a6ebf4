import ArgumentParser
import OnnxLens

/// How the methods of an evaluation are set.
struct EvaluatedMethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The layer to hook: auto, or a name as explain --layer takes it.", valueName: "name"))
  var layer = "auto"

  @Option(
    help: ArgumentHelp("What to take at the layer: its own output or the activation that follows.", valueName: "kind"))
  var hook: Hook?

  @Option(help: ArgumentHelp("The implementation of Score-CAM to reproduce.", valueName: "name"))
  var preset = ScoreCAMPreset.paper

  @Option(
    help: ArgumentHelp(
      "A parameter of a method, such as rise.masks=1000; repeatable. Without the method's name, of all that have it.",
      valueName: "name=value"))
  var set: [String] = []

  @Option(help: ArgumentHelp("What all random numbers follow from.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Masked pictures that a thread runs at a time, at most.", valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("The most memory for tensors, such as 500M or 2G.", valueName: "size"))
  var maxMemory: ByteCount?

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output = "onnx-lens-evaluation"

  /// A method that is ready, and what its numbers depend on.
  struct ReadyMethod {
    let explainer: any Explainer
    let entry: EvaluationProtocol.Method
  }

  /// Explainers for a classifier.
  ///
  /// - Parameter say: takes warnings.
  func methods(
    _ methods: [ExplanationMethod], for classifier: Classifier, say: (String) -> Void
  ) throws -> [ReadyMethod] {
    var choice: LayerChoice?
    if methods.contains(where: \.hooksLayer) {
      choice = try classifier.layers.choose(layer, hook: hook)
      if let warning = choice?.warning { say("warning: \(warning)") }
    }
    let settings = try MethodSettings(set, for: methods)
    return try methods.map { method in
      let options = ExplainerOptions(
        layer: method.hooksLayer ? choice?.layer : nil, preset: preset, seed: seed,
        parameters: settings.parameters(of: method))
      let explainer = try method.explainer(options)
      return ReadyMethod(
        explainer: explainer,
        entry: .init(explainer.record, title: method.title, layer: method.hooksLayer ? choice?.layer.label : nil))
    }
  }

  func validate() throws { try check(batch: batch) }
}
