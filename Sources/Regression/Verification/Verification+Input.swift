public import Explain
import Tensors

extension Verification {
  /// One output for one input.
  public struct Output: Sendable {
    /// The value's name in the model.
    public let value: String

    /// nil where type or shape are others than in the golden.
    public let comparison: TensorComparison?

    /// What is wrong where nothing can be compared, as a clause that begins with a verb.
    public let mismatch: String?

    /// For a row of scores.
    public let ranking: ClassifierComparison?

    /// Whether another class is in front, and the reference's was ahead by more than twice what is allowed, so that no
    /// error within the tolerance explains it.
    public var losesTopClass: Bool {
      guard let ranking, let comparison, !ranking.top1Agrees else { return false }
      let largest = comparison.largestReference
      return ranking.referenceMargin > 2 * comparison.tolerance.allowedError(at: largest, largest: largest)
    }

    /// Whether the output is as in the golden.
    public var holds: Bool { comparison?.holds == true && !losesTopClass }

    init(_ name: String, _ tensor: Tensor, _ reference: Tensor, _ tolerance: ValueTolerance) {
      value = name
      do throws(RegressionError) {
        comparison = try TensorComparison(tensor, reference: reference, tolerance: tolerance)
        mismatch = nil
        ranking = ClassifierComparison(tensor, reference: reference)
      } catch {
        comparison = nil
        mismatch = error.message
        ranking = nil
      }
    }
  }

  /// A node whose output's statistics are different.
  public struct Divergence: Sendable {
    public let statistics: ValueStatistics
    /// What is different, as a clause.
    public let difference: String
  }

  /// An inner value that was compared element by element.
  public struct InnerValue: Sendable {
    public let node: String
    public let `operator`: String
    public let output: Output
    /// Where the value differs: whether it differs also if the model gets the golden's values for what it is made of, or,
    /// where that was not tried, whether all of these agree; nil where it agrees.
    public internal(set) var originates: Bool?
    /// The largest error where the model got the golden's values; nil where that was not tried.
    public internal(set) var isolatedMaxAbsoluteError: Double?

    public var holds: Bool { output.comparison?.holds == true }
  }

  /// What became of a recorded map.
  public struct Drift: Sendable {
    public let classIndex: Int
    /// The value that is hooked now.
    public let value: String
    /// nil where there is nothing to compare.
    public let comparison: MapComparison?
    /// Why there is nothing to compare.
    public let reason: String?
  }

  /// All outputs for one input.
  public struct Input: Sendable {
    /// The recorded picture or tensor, or else the data set's folder.
    public let input: String
    public let dataSet: String
    public let outputs: [Output]
    /// The inner values of which there are references, in the order in which the model makes them.
    public let values: [InnerValue]
    /// The first node whose output's statistics differ beyond the tolerance; nil where none do, or none were recorded.
    public let divergence: Divergence?
    /// The first node whose output has other bits: where the same kernels ran, the very node that was changed. nil as
    /// above.
    public let firstOtherBits: ValueStatistics?
    /// How many values of the golden the model has by the same name; nil where no statistics were recorded.
    public let matchedNodes: Int?
    /// Whether the model has the golden's nodes, one by one, by the same names, so that a difference of an inner value is
    /// one of the model. Another form of the same network may use a name for something else.
    public let hasSameNodes: Bool
    public let explanation: Drift?
    /// Causes that were recognized.
    public let findings: [Finding]
    public let seconds: Double

    /// Whether outputs, and of a model of the same nodes also inner values, are as in the golden. Inner values may be
    /// further off where no part of the model makes another result of the golden's values: then small errors add up.
    public var holds: Bool {
      outputs.allSatisfy(\.holds) && values.allSatisfy { $0.holds || $0.originates == false }
        && !(hasSameNodes && divergence != nil)
    }
  }
}
