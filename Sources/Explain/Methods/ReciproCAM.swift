import Tensors

/// Recipro-CAM: what the class scores when the layer keeps one of its places alone.
///
/// Each place's value is the class's probability with all other places of the layer at zero; only the layers behind the
/// hooked one run again. The map is resized and brought to 0…1.
///
/// - Source: Byun and Lee, "Recipro-CAM: Fast gradient-free visual explanations for convolutional neural networks", arXiv
///   2209.14074, with masks of a single place.
public struct ReciproCAM: Explainer {
  public let layer: HookableLayer

  public init(layer: HookableLayer) { self.layer = layer }

  public var record: ExplainerRecord { ExplainerRecord(method: ExplanationMethod.reciproCAM.name) }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let activation = try input.activation(of: layer)
    let (channelCount, height, width) = (activation.shape[1], activation.shape[2], activation.shape[3])
    let size = height * width
    let kept = try input.tailLogits(behind: layer, count: size, progress: progress) { place, changed in
      changed.update(repeating: 0)
      activation.withElements(of: Float.self) { elements in
        for channel in 0..<channelCount { changed[channel * size + place] = elements[channel * size + place] }
      }
    }
    let classifier = input.classifier
    let probabilities = input.probabilities(of: classes, in: kept)
    return ExplainerResult(
      classes.enumerated().map { place, index in
        let map = SaliencyMap(width: width, height: height, values: probabilities.map { Float($0[place]) })
        return Explanation(classIndex: index, map: map.finished(for: classifier))
      }, record: record)
  }
}

extension ExplanationMethod {
  public static let reciproCAM = ExplanationMethod(
    "recipro-cam", title: "Recipro-CAM",
    summary: "places of a layer by what the class scores when the layer keeps that place alone", hooksLayer: true
  ) { ReciproCAM(layer: $0.layer!) }
}
