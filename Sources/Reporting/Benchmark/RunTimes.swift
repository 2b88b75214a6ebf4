/// The times of several runs of the same thing.
public struct RunTimes: Sendable {
  /// From the shortest to the longest, in seconds.
  private let sorted: [Double]

  /// - Precondition: there is at least one.
  public init(seconds: [Double]) {
    precondition(!seconds.isEmpty)
    sorted = seconds.sorted()
  }

  public var count: Int { sorted.count }
  public var minimum: Double { sorted[0] }

  /// The middle one, or the mean of the two in the middle.
  public var median: Double { (sorted[(count - 1) / 2] + sorted[count / 2]) / 2 }

  /// The shortest time that at least `percent` per cent of the runs do not exceed.
  ///
  /// - Parameter percent: 1 to 100.
  public func percentile(_ percent: Int) -> Double { sorted[(count * percent + 99) / 100 - 1] }
}
