import Execution
import Explain
import GraphIR
import Tensors

/// Score-CAM maps for goldens: by the paper's preset, at the layer that is found by itself, of the likeliest class.
struct ExplanationRecord {
  static let preset = ScoreCAMPreset.paper

  let classIndex: Int
  let layer: HookableLayer
  let map: SaliencyMap?
  /// Channels×classes.
  let scores: Tensor

  /// Explains what a model gives for a tensor.
  ///
  /// - Parameters:
  ///   - classIndex: nil takes the likeliest.
  ///   - layer: the name of a hooked value that is taken where the model has it; nil finds one.
  /// - Throws: `ExplainError` where the model is no classifier of pictures.
  init(_ session: Session, _ tensor: Tensor, classIndex: Int? = nil, layer name: String? = nil) throws {
    let image = try ImageInput(of: session.graph)
    let classifier = try Classifier(
      session: session, input: image.value, inputShape: tensor.shape, layout: image.layout)
    let same = name.flatMap { name in classifier.layers.layers.first { $0.valueName == name } }
    layer = try same ?? classifier.layers.choose("auto", hook: nil).layer
    let passes = try ScoreCAM(classifier: classifier, layer: layer)
      .run(NetworkInput(tensor: tensor), masking: Self.preset.configuration.masking)
    let likeliest = passes.inputLogits.indices.max {
      (passes.inputLogits[$0], $1) < (passes.inputLogits[$1], $0)
    }
    self.classIndex = classIndex ?? likeliest ?? 0
    guard passes.inputLogits.indices.contains(self.classIndex) else {
      throw RegressionError(
        .mismatched, "class \(self.classIndex) was explained; the model has \(passes.inputLogits.count) classes")
    }
    map = try passes.explain(class: self.classIndex, Self.preset.configuration).map
    scores = passes.logits
  }
}
