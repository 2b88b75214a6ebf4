import Explain

/// What came of a verification, as a document.
public struct VerificationReport: Encodable, Sendable {
  public struct Place: Encodable, Sendable {
    public let index: [Int]
    /// nil where it is not finite.
    public let value: Double?
    public let reference: Double?
  }

  public struct Output: Encodable, Sendable {
    public let value: String
    public let same: Bool
    /// Why nothing could be compared; then there are no numbers.
    public let mismatch: String?
    public let type: String?
    public let shape: [Int]?
    public let maxAbsError: Double?
    public let meanAbsError: Double?
    public let maxUlpDistance: UInt64?
    public let violations: Int?
    public let violationShare: Double?
    public let firstViolation: Place?
    public let worstViolation: Place?
    public let nonFiniteDisagreements: Int?
    public let sameBits: Bool?
    public let cosine: Double?
    public let psnr: Double?
    public let ranking: Ranking?
  }

  public struct Ranking: Encodable, Sendable {
    public let top: [Int]
    public let referenceTop: [Int]
    public let top1Agrees: Bool
    public let top5Agreement: Double
    public let spearman: Double?
    public let klDivergence: Double
    public let margin: Double
    public let referenceMargin: Double
  }

  public struct NodeEntry: Encodable, Sendable {
    public let node: String
    public let `operator`: String
    public let value: String
    /// What is different, where that is more than bits.
    public let difference: String?
  }

  public struct InnerValue: Encodable, Sendable {
    public let node: String
    public let `operator`: String
    public let value: String
    public let same: Bool
    public let mismatch: String?
    public let maxAbsError: Double?
    public let violations: Int?
    public let originates: Bool?
    public let isolatedMaxAbsError: Double?
  }

  /// What became of a recorded map.
  public struct Drift: Encodable, Sendable {
    public let classIndex: Int
    public let value: String
    public let maxAbsError: Double?
    public let referenceRange: Double?
    public let spearman: Double?
    public let ssim: Double?
    public let top10Iou: Double?
    public let peakShift: Double?
    /// Why there are no numbers.
    public let reason: String?

    private enum CodingKeys: String, CodingKey {
      case classIndex = "class"
      case value, maxAbsError, referenceRange, spearman, ssim, top10Iou, peakShift, reason
    }
  }

  public struct Input: Encodable, Sendable {
    public let input: String
    public let dataSet: String
    public let same: Bool
    public let outputs: [Output]
    /// Inner values of which there are references, in the model's order.
    public let values: [InnerValue]
    /// Of the first output that is a row of scores.
    public let top1Agrees: Bool?
    /// The first node whose output's statistics differ beyond the tolerance.
    public let firstDivergence: NodeEntry?
    /// The first node whose output has other bits.
    public let firstOtherBits: NodeEntry?
    public let matchedNodes: Int?
    /// Whether the model has the golden's nodes, so that inner values count.
    public let sameNodes: Bool
    public let explanation: Drift?
    public let findings: [Finding]
    public let seconds: Double
  }

  public let same: Bool
  public let golden: String
  public let model: String
  public let tolerance: String
  public let inputs: [Input]

  public init(_ verification: Verification) {
    same = verification.holds
    golden = verification.golden.path
    model = verification.model
    tolerance = verification.tolerance.summary
    inputs = verification.inputs.map(Input.init)
  }
}

extension VerificationReport.Ranking {
  init(_ ranking: ClassifierComparison) {
    top = ranking.top
    referenceTop = ranking.referenceTop
    top1Agrees = ranking.top1Agrees
    top5Agreement = ranking.top5Agreement
    spearman = ranking.spearman
    klDivergence = ranking.divergence
    margin = ranking.margin
    referenceMargin = ranking.referenceMargin
  }
}

extension VerificationReport.NodeEntry {
  init(_ statistics: ValueStatistics, difference: String?) {
    node = statistics.node
    `operator` = statistics.operator
    value = statistics.value
    self.difference = difference
  }
}

extension VerificationReport.Input {
  init(_ input: Verification.Input) {
    self.input = input.input
    dataSet = input.dataSet
    same = input.holds
    outputs = input.outputs.map(VerificationReport.Output.init)
    top1Agrees = input.outputs.lazy.compactMap(\.ranking).first?.top1Agrees
    firstDivergence = input.divergence.map { .init($0.statistics, difference: $0.difference) }
    firstOtherBits = input.firstOtherBits.map { .init($0, difference: nil) }
    matchedNodes = input.matchedNodes
    sameNodes = input.hasSameNodes
    values = input.values.map(VerificationReport.InnerValue.init)
    explanation = input.explanation.map(VerificationReport.Drift.init)
    findings = input.findings
    seconds = input.seconds
  }
}

extension VerificationReport.InnerValue {
  init(_ inner: Verification.InnerValue) {
    node = inner.node
    `operator` = inner.operator
    value = inner.output.value
    same = inner.holds
    mismatch = inner.output.mismatch
    maxAbsError = inner.output.comparison?.maxAbsoluteError
    violations = inner.output.comparison?.violations
    originates = inner.originates
    isolatedMaxAbsError = inner.isolatedMaxAbsoluteError
  }
}

extension VerificationReport.Drift {
  init(_ drift: Verification.Drift) {
    classIndex = drift.classIndex
    value = drift.value
    maxAbsError = drift.comparison?.maxAbsoluteError
    referenceRange = drift.comparison?.referenceRange
    spearman = drift.comparison?.spearman
    ssim = drift.comparison?.ssim
    top10Iou = drift.comparison?.top10IoU
    peakShift = drift.comparison?.peakShift
    reason = drift.reason
  }
}

extension VerificationReport.Output {
  init(_ output: Verification.Output) {
    let comparison = output.comparison
    value = output.value
    same = output.holds
    mismatch = output.mismatch
    type = comparison?.elementType.name
    shape = comparison?.shape.dimensions
    maxAbsError = comparison?.maxAbsoluteError
    meanAbsError = comparison?.meanAbsoluteError
    maxUlpDistance = comparison?.maxULPDistance
    violations = comparison?.violations
    violationShare = comparison?.violationShare
    firstViolation = comparison?.firstViolation.map(VerificationReport.Place.init)
    worstViolation = comparison?.worstViolation.map(VerificationReport.Place.init)
    nonFiniteDisagreements = comparison?.nonFinite.disagreements
    sameBits = comparison?.hasSameBits
    cosine = comparison?.cosine
    psnr = comparison?.psnr
    ranking = output.ranking.map(VerificationReport.Ranking.init)
  }
}

extension VerificationReport.Place {
  init(_ place: TensorComparison.Place) {
    index = place.index
    value = place.value.isFinite ? place.value : nil
    reference = place.reference.isFinite ? place.reference : nil
  }
}
