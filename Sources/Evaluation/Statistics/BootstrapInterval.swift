/// A mean with the interval that it lies in if the pictures had been others of their kind.
public struct BootstrapInterval: Sendable, Hashable {
  public let mean: Double
  public let lower: Double
  public let upper: Double

  /// How many values there were.
  public let count: Int

  /// The percentile bootstrap: means of samples drawn with replacement, sorted, cut at both ends.
  ///
  /// - Parameters:
  ///   - confidence: the share of the means inside of the interval, such as 0.95.
  ///   - purpose: what the random numbers are for besides the seed.
  /// - Returns: nil for no values. The same for the same values in the same order.
  /// - Complexity: `resamples` × values.
  /// - Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13; the ends are interpolated
  ///   linearly as `numpy.quantile` does.
  public init?(
    of values: [Double], resamples: Int = 1000, confidence: Double = 0.95, seed: UInt64 = 0, purpose: String = ""
  ) {
    guard !values.isEmpty, resamples >= 1, (0...1).contains(confidence) else { return nil }
    count = values.count
    mean = values.reduce(0, +) / Double(values.count)
    var numbers = SeededNumbers(seed, "bootstrap \(purpose)")
    var means = (0..<resamples).map { _ in
      var sum = 0.0
      for _ in values { sum += values[numbers.next(below: values.count)] }
      return sum / Double(values.count)
    }
    means.sort()
    lower = BootstrapInterval.quantile((1 - confidence) / 2, of: means)
    upper = BootstrapInterval.quantile((1 + confidence) / 2, of: means)
  }

  /// A quantile of sorted numbers, interpolated between neighbours.
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = min(Int(place), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
