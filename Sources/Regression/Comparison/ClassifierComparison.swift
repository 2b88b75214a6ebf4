import Explain
import Foundation
public import Tensors

/// What a change of a classifier's scores does to its answer.
public struct ClassifierComparison: Sendable {
  /// The classes with the largest scores, best first, five at most; of equal scores the lower index comes first.
  public let top: [Int]
  public let referenceTop: [Int]

  /// Whether both rows have one class in front.
  public var top1Agrees: Bool { top.first == referenceTop.first }

  /// The share of the reference's five best classes that are among the five best.
  public let top5Agreement: Double

  /// Spearman's ρ: the correlation of the ranks, equal scores sharing the mean of theirs; nil where one of the rows is
  /// constant.
  ///
  /// - Source: as `scipy.stats.spearmanr`.
  public let spearman: Double?

  /// Σ p ln(p / q) in nats, p the reference's probabilities and q the others'. Rows that are probabilities already, not
  /// negative and of sum 1 ± 0.001, are taken as they are, and others through softmax; q is at least 2⁻¹²⁶, float32's
  /// smallest normal number.
  public let divergence: Double

  /// How far the reference's best class is ahead of the next one, in units of the scores.
  public let referenceMargin: Double

  /// How far that class is ahead of all others in the compared row; negative where it has lost.
  public let margin: Double

  /// Compares two rows of scores; nil unless the tensors are float, of one shape with at least two elements of which all
  /// lie along one axis, and finite.
  public init?(_ tensor: Tensor, reference: Tensor) {
    guard tensor.shape == reference.shape, tensor.elementType.isFloatingPoint, reference.elementType.isFloatingPoint,
      tensor.count >= 2, tensor.count == tensor.shape.dimensions.max()
    else { return nil }
    self.init(scores: tensor.numbers, reference: reference.numbers)
  }

  /// - Precondition: both rows have the same number of scores, at least two.
  init?(scores: [Double], reference: [Double]) {
    precondition(scores.count == reference.count && scores.count >= 2)
    guard scores.allSatisfy(\.isFinite), reference.allSatisfy(\.isFinite) else { return nil }
    top = Self.best(5, of: scores)
    referenceTop = Self.best(5, of: reference)
    top5Agreement = Double(Set(top).intersection(referenceTop).count) / Double(referenceTop.count)
    spearman = RankCorrelation.spearman(scores, reference)
    divergence = Self.divergence(of: Self.probabilities(scores), from: Self.probabilities(reference))
    let winner = referenceTop[0]
    referenceMargin = reference[winner] - reference[referenceTop[1]]
    margin = scores[winner] - scores[top[0] == winner ? top[1] : top[0]]
  }

  private static func best(_ count: Int, of scores: [Double]) -> [Int] {
    var best: [Int] = []
    for index in scores.indices {
      let place = best.firstIndex { scores[index] > scores[$0] } ?? best.count
      guard place < count else { continue }
      best.insert(index, at: place)
      if best.count > count { best.removeLast() }
    }
    return best
  }

  private static func probabilities(_ scores: [Double]) -> [Double] {
    if scores.allSatisfy({ $0 >= 0 }), abs(scores.reduce(0, +) - 1) <= 1e-3 { return scores }
    let largest = scores.max()!
    let exponentials = scores.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }

  private static func divergence(of q: [Double], from p: [Double]) -> Double {
    let sum = zip(p, q).reduce(0.0) { sum, pair in
      let p = pair.0
      return p > 0 ? sum + p * log(p / max(pair.1, 0x1p-126)) : sum
    }
    // Rounding may leave a little less than nothing.
    return max(0, sum)
  }
}

extension Tensor {
  /// The elements as `Double`s, in row-major order.
  var numbers: [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(count)
    forEachNumber { numbers.append($0) }
    return numbers
  }
}
