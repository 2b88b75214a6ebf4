/// One method at several layers, its maps put together.
///
/// Each layer's map is brought to the input's size and to 0…1; the fused one is brought to 0…1 again.
public struct FusedExplainer: Explainer {
  /// How the values of a pixel become one.
  public enum Fusion: String, Sendable, CaseIterable {
    /// Their mean, as pytorch-grad-cam does it.
    case mean
    /// The largest, as torch-cam does it.
    case max
    /// Their product: what all layers agree on.
    case product
  }

  private let explainers: [any Explainer]
  public let fusion: Fusion
  public let record: ExplainerRecord

  /// - Parameter layers: what the layers of the explainers are called, for the record.
  /// - Precondition: there is an explainer.
  public init(_ explainers: [any Explainer], layers: [String], fusion: Fusion) {
    precondition(!explainers.isEmpty)
    self.explainers = explainers
    self.fusion = fusion
    var record = explainers[0].record
    record.knobs["layers"] = layers.joined(separator: ", ")
    record.knobs["fuse"] = fusion.rawValue
    self.record = record
  }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let results = try explainers.map { try $0.explain(input, classes: classes, progress: progress) }
    var record = record
    record.notes = results.flatMap(\.record.notes)
    let (width, height) = (input.classifier.width, input.classifier.height)
    return ExplainerResult(
      classes.enumerated().map { place, index in
        let maps = results.compactMap { $0.explanations[place].map?.resized(width: width, height: height) }
        return Explanation(classIndex: index, map: maps.isEmpty ? nil : fused(maps))
      }, record: record)
  }

  private func fused(_ maps: [SaliencyMap]) -> SaliencyMap {
    let maps = maps.map { map in
      var map = map
      map.normalize()
      return map
    }
    var result = SaliencyMap(
      width: maps[0].width, height: maps[0].height,
      values: maps[0].values.indices.map { pixel in
        let values = maps.lazy.map { $0.values[pixel] }
        return switch fusion {
        case .mean: values.reduce(0, +) / Float(maps.count)
        case .max: values.reduce(0) { $1 > $0 ? $1 : $0 }
        case .product: values.reduce(1, *)
        }
      })
    result.normalize()
    return result
  }
}
