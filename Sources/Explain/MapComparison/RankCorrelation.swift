/// Correlation of ranks.
public enum RankCorrelation {
  /// The rank of each number from 1 on; equal numbers share the mean of their ranks.
  ///
  /// - Precondition: no number is NaN.
  /// - Complexity: O(n log n).
  public static func ranks(of numbers: [Double]) -> [Double] {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var ranks = [Double](repeating: 0, count: numbers.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, numbers[order[end]] == numbers[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  /// Spearman's ρ: Pearson's correlation of the ranks; nil where all numbers of one list are equal.
  ///
  /// - Precondition: the lists are of one length, and no number is NaN.
  /// - Source: as `scipy.stats.spearmanr`.
  public static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count)
    return correlation(ofRanks: ranks(of: first), ranks(of: second))
  }

  /// The same of numbers that are ranks already.
  static func correlation(ofRanks x: [Double], _ y: [Double]) -> Double? {
    let mean = Double(x.count + 1) / 2
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(x, y) {
      xy += (x - mean) * (y - mean)
      xx += (x - mean) * (x - mean)
      yy += (y - mean) * (y - mean)
    }
    guard xx > 0, yy > 0 else { return nil }
    return xy / (xx * yy).squareRoot()
  }
}
