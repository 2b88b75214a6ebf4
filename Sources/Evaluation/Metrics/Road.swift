import Kernels

/// ROAD: how much more of the class's probability is left where the least important pixels are removed than where the
/// most important ones are, removed pixels being imputed from their neighbours.
///
/// - Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022;
///   pytorch-grad-cam 1.5.7 (`ROADCombined`) for the average of both orders over nine shares.
public struct Road: Measure {
  /// The shares of pixels that stay, in hundredths.
  public let keptPercentages: [Int]

  /// The standard deviation of the noise on imputed pixels, in the network's normalised input.
  public let noise: Double

  public static let standardPercentages = [10, 20, 30, 40, 50, 60, 70, 80, 90]

  /// - Precondition: there are percentages, all between 1 and 99.
  public init(keptPercentages: [Int] = Road.standardPercentages, noise: Double = 0.01) {
    precondition(!keptPercentages.isEmpty && keptPercentages.allSatisfy { (1...99).contains($0) })
    self.keptPercentages = keptPercentages
    self.noise = noise
  }

  public var metrics: [Metric] { [.road] }

  public var protocolText: String {
    """
    noisy linear imputation (eight neighbours of weights 1/6 and 1/12, noise σ \(noise) of the normalised input, seeded); \
    \(keptPercentages.map(String.init).joined(separator: ", ")) % of the pixels stay, ties in row-major order; (mean \
    probability with the least important ones removed − with the most important ones)/2
    """
  }

  /// How many of `count` pixels lie below the percentile, as those of distinct values do below `numpy.percentile`.
  static func kept(_ percentage: Int, of count: Int) -> Int { (percentage * (count - 1) + 99) / 100 }

  /// First all pictures without their most important pixels, then all without their least important ones.
  public func changedPictures(of subject: MetricSubject) -> [ChangedPicture] {
    let (pixels, count) = (subject.pixels, subject.ranking.count)
    let planes = (0..<pixels.channelCount).map { pixels.plane($0) }
    let systems = keptPercentages.map { Road.kept($0, of: count) }
    let removals: [[Bool]] =
      systems.map { subject.ranking.isAmongFirst(count - $0) }
      + systems.map { kept in subject.ranking.ranks.map { $0 >= UInt32(kept) } }
    let imputations = removals.map {
      NeighbourImputation(of: $0, width: pixels.width, height: pixels.height)
    }
    // Each system of one channel by itself, so that all threads have work.
    var imputed = [[Float]](repeating: [], count: removals.count * planes.count)
    imputed.withUnsafeMutableBufferPointer { imputed in
      nonisolated(unsafe) let imputed = imputed
      subject.classifier.pool.forEach(imputed.count) { index in
        var plane = imputations[index / planes.count].fill(planes[index % planes.count])
        var numbers = SeededNumbers(subject.seed, "road \(index)")
        for pixel in plane.indices where removals[index / planes.count][pixel] {
          plane[pixel] += Float(noise * numbers.nextNormal())
        }
        imputed[index] = plane
      }
    }
    return removals.indices.map { index in
      let tensor = pixels.tensor(of: Array(imputed[index * planes.count..<(index + 1) * planes.count]))
      return { image in
        tensor.withElements(of: Float.self) { _ = image.update(fromContentsOf: $0) }
      }
    }
  }

  public func values(of subject: MetricSubject, probabilities: [Double]) -> [Metric: MetricValue] {
    let count = keptPercentages.count
    let differences = (0..<count).map { (probabilities[count + $0] - probabilities[$0]) / 2 }
    return [.road: MetricValue(differences.reduce(0, +) / Double(count), curve: differences)]
  }
}
