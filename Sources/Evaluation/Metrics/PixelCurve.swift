/// Insertion or deletion: the area under the class's probability while pixels, the most important ones first, are put
/// back into a substrate or taken away for it.
///
/// Each step moves ⌈pixels / steps⌉ pixels, the last one what is left. The area is the trapezoid's over the share of
/// pixels that have moved, from 0 to 1.
///
/// - Source: Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018,
///   section 4.3.
public struct PixelCurve: Measure {
  public enum Kind: Sendable {
    /// From the substrate to the picture.
    case insertion
    /// From the picture to the substrate.
    case deletion
  }

  public let kind: Kind
  public let substrate: Substrate

  /// The number of steps at most.
  public let stepCount: Int

  /// - Precondition: `stepCount` ≥ 1.
  public init(_ kind: Kind, substrate: Substrate, stepCount: Int) {
    precondition(stepCount >= 1)
    self.kind = kind
    self.substrate = substrate
    self.stepCount = stepCount
  }

  private var metric: Metric { kind == .insertion ? .insertion : .deletion }

  public var metrics: [Metric] { [metric] }

  public var protocolText: String {
    """
    \(kind == .insertion ? "pixels put back over" : "pixels replaced by") \(substrate.explanation), largest values \
    first, ties in row-major order; at most \(stepCount) equal steps; area under the probability by the trapezoid rule \
    over the share of pixels, ends included
    """
  }

  /// The numbers of moved pixels, from 0 to all.
  static func counts(pixels: Int, steps: Int) -> [Int] {
    let step = max(1, (pixels + steps - 1) / steps)
    return Array(stride(from: 0, to: pixels, by: step)) + [pixels]
  }

  public func changedPictures(of subject: MetricSubject) throws -> [ChangedPicture] {
    let pixels = subject.pixels
    let substrate = try substrate.pixels(for: pixels, seed: subject.seed)
    let ranking = subject.ranking
    let counts = PixelCurve.counts(pixels: pixels.pixelCount, steps: stepCount)
    switch kind {
    case .insertion:
      // The last point is the picture as it is.
      return counts.dropLast().map { count in
        { pixels.write(first: count, of: ranking, over: substrate, to: $0) }
      }
    case .deletion:
      return counts.dropFirst().map { count in
        { substrate.write(first: count, of: ranking, over: pixels, to: $0) }
      }
    }
  }

  public func values(of subject: MetricSubject, probabilities: [Double]) -> [Metric: MetricValue] {
    let counts = PixelCurve.counts(pixels: subject.ranking.count, steps: stepCount)
    let curve = kind == .insertion ? probabilities + [subject.probability] : [subject.probability] + probabilities
    let shares = counts.map { Double($0) / Double(subject.ranking.count) }
    return [metric: MetricValue(PixelCurve.area(under: curve, over: shares), curve: curve)]
  }

  /// The trapezoid rule.
  static func area(under curve: [Double], over places: [Double]) -> Double {
    curve.indices.dropFirst().reduce(0) { sum, index in
      sum + (curve[index - 1] + curve[index]) / 2 * (places[index] - places[index - 1])
    }
  }
}
