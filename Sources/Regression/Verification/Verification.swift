public import Execution
import GraphIR
public import OnnxFormat
import Tensors

/// A model held against a golden.
public struct Verification: Sendable {
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
  }

  /// A node whose output is different.
  public struct Divergence: Sendable {
    public let statistics: ValueStatistics
    /// What is different, as a clause that begins with a verb.
    public let difference: String
  }

  /// All outputs for one input.
  public struct Input: Sendable {
    /// The recorded picture or tensor, or else the data set's folder.
    public let input: String
    public let dataSet: String
    public let outputs: [Output]
    /// The first node whose output's statistics differ beyond the tolerance; nil where none do, or none were recorded.
    public let divergence: Divergence?
    /// The first node whose output has other bits: where the same kernels ran, the very node that was changed. nil as
    /// above.
    public let firstOtherBits: ValueStatistics?
    /// How many values of the golden the model has by the same name; nil where no statistics were recorded.
    public let matchedNodes: Int?
    public let seconds: Double

    public var holds: Bool { outputs.allSatisfy(\.holds) }
  }

  public let golden: Golden
  public let model: String
  public let tolerance: ToleranceSet
  public let inputs: [Input]

  /// Whether all outputs for all inputs are as in the golden.
  public var holds: Bool { inputs.allSatisfy(\.holds) }

  /// Runs the model on the golden's inputs and compares.
  ///
  /// - Parameters:
  ///   - tolerance: nil takes the golden's own, and `fp32-reexport` where it has none.
  ///   - progress: called with the data sets done and their number.
  /// - Throws: `RegressionError`, `ModelError`, `FileError` where the golden is not whole or does not fit the model;
  ///   `ExecutionError` where the model does not run.
  public init(
    of session: Session, model: String, against golden: Golden, tolerance: ToleranceSet? = nil,
    limits: Limits = .default, progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let tolerance = tolerance ?? golden.manifest?.tolerance ?? ToleranceSet(.fp32Reexport)
    self.golden = golden
    self.model = model
    self.tolerance = tolerance
    var inputs: [Input] = []
    for (index, dataSet) in golden.dataSets.enumerated() {
      progress(index, golden.dataSets.count)
      inputs.append(
        try Input(
          session, golden, dataSet, recorded: golden.manifest?.dataSets[index], tolerance: tolerance, limits: limits))
    }
    progress(golden.dataSets.count, golden.dataSets.count)
    self.inputs = inputs
  }
}

extension Verification.Input {
  fileprivate init(
    _ session: Session, _ golden: Golden, _ dataSet: String, recorded: GoldenManifest.DataSet?,
    tolerance: ToleranceSet, limits: Limits
  ) throws {
    let start = ContinuousClock.now
    let graph = session.graph
    let given = try golden.values("input", in: dataSet, count: graph.inputs.count, limits: limits)
    let references = try golden.values("output", in: dataSet, count: graph.outputs.count, limits: limits)
    let values = Dictionary(uniqueKeysWithValues: zip(graph.inputs, given))
    let results: [ValueID: Tensor]
    if let recorded {
      let (outputs, nodes) = try session.runWithStatistics(values)
      results = outputs
      let recordedNodes = Dictionary(recorded.nodes.map { ($0.value, $0) }, uniquingKeysWith: { first, _ in first })
      let pairs = nodes.compactMap { node in recordedNodes[node.value].map { (node, $0) } }
      matchedNodes = pairs.count
      divergence = Self.firstDivergence(pairs, tolerance)
      firstOtherBits = pairs.first { $0.0.sha256 != $0.1.sha256 }?.0
    } else {
      results = try session.run(values)
      matchedNodes = nil
      divergence = nil
      firstOtherBits = nil
    }
    input = recorded?.source.path ?? "\(golden.path)/\(dataSet)"
    self.dataSet = dataSet
    outputs = zip(graph.outputs, references).map { value, reference in
      let name = graph.name(of: value)
      return Verification.Output(name, results[value]!, reference, tolerance.tolerance(for: name))
    }
    let elapsed = (ContinuousClock.now - start).components
    seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  private static func firstDivergence(
    _ pairs: [(ValueStatistics, ValueStatistics)], _ tolerance: ToleranceSet
  ) -> Verification.Divergence? {
    for (statistics, reference) in pairs {
      let allowed = tolerance.tolerance(for: statistics.value)
      if let difference = statistics.difference(from: reference, tolerance: allowed) {
        return .init(statistics: statistics, difference: difference)
      }
    }
    return nil
  }
}

extension Verification.Output {
  fileprivate init(_ name: String, _ tensor: Tensor, _ reference: Tensor, _ tolerance: ValueTolerance) {
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
