import Explain
import Tensors

/// ADCC: whether a map keeps the class's probability, says the same of the picture it leaves, and does so with little.
///
/// Coherency is (ρ + 1)/2 with ρ Pearson's correlation of the map of x and the map of x ∘ M; complexity is the mean of
/// M; ADCC is the harmonic mean of coherency, 1 − complexity and 1 − drop, and 0 where one of them is 0. The coherency
/// of a constant map is 0.
///
/// - Source: Poppi et al., "Revisiting The Evaluation of Class Activation Mapping for Explainability", CVPR Workshops
///   2021, equations 3 to 7.
public struct Consistency: Measure {
  public init() {}

  public var metrics: [Metric] { [.adcc, .coherency, .complexity] }

  public var protocolText: String {
    """
    the same method explains the same class of x ∘ M, M the min-max normalised map; coherency (Pearson + 1)/2, \
    complexity mean(M), ADCC the harmonic mean of coherency, 1 − complexity and 1 − max(0, Y − O)/Y for each picture
    """
  }

  public func changedPictures(of subject: MetricSubject) -> [ChangedPicture] {
    ConfidenceChange(.whole).changedPictures(of: subject)
  }

  public func values(of subject: MetricSubject, probabilities: [Double]) throws -> [Metric: MetricValue] {
    let masked = try Tensor(subject.classifier.inputShape, of: Float.self) { image in
      subject.pixels.write(times: subject.unitMap, to: image)
    }
    let explained = ExplainedInput(
      NetworkInput(tensor: masked), of: subject.classifier, batchSize: subject.explained.batchSize)
    let second = try subject.explainer.explain(explained, classes: [subject.classIndex]).explanations[0].map
    let correlation = second.flatMap { second in
      let (map, size) = (subject.unitMap, (subject.map.width, subject.map.height))
      return Consistency.correlation(map, second.resized(width: size.0, height: size.1).unitValues)
    }
    let coherency = correlation.map { ($0 + 1) / 2 } ?? 0
    let complexity = subject.unitMap.reduce(0) { $0 + Double($1) } / Double(subject.unitMap.count)
    let drop = ConfidenceChange.drop(from: subject.probability, to: probabilities[0])
    let parts = [coherency, 1 - complexity, 1 - drop]
    let adcc = parts.allSatisfy { $0 > 0 } ? 3 / parts.reduce(0) { $0 + 1 / $1 } : 0
    return [.adcc: MetricValue(adcc), .coherency: MetricValue(coherency), .complexity: MetricValue(complexity)]
  }

  /// Pearson's correlation; nil where one of the two is constant.
  static func correlation(_ first: [Float], _ second: [Float]) -> Double? {
    let (x, y) = (Substrate.moments(of: first), Substrate.moments(of: second))
    guard x.deviation > 0, y.deviation > 0 else { return nil }
    let covariance = zip(first, second).reduce(0) { $0 + (Double($1.0) - x.mean) * (Double($1.1) - y.mean) }
    return covariance / Double(first.count) / (x.deviation * y.deviation)
  }
}
