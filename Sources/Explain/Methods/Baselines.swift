import Tensors

/// A map of independent random values in 0…1, one a pixel: what every method should be better than.
///
/// The values follow from the seed and from the picture's tensor, so that pictures differ; all classes share them.
public struct RandomBaseline: Explainer {
  public let seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  public var record: ExplainerRecord { ExplainerRecord(method: ExplanationMethod.random.name, seed: seed) }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let (width, height) = (input.classifier.width, input.classifier.height)
    let field = RandomField(seed: seed, stream: input.fingerprint)
    let map = SaliencyMap(
      width: width, height: height, values: (0..<width * height).map { Float(field.uniform($0)) })
    return ExplainerResult(classes.map { Explanation(classIndex: $0, map: map) }, record: record)
  }
}

/// A Gaussian bump in the picture's middle: how far a method gets that only knows where photographers aim.
///
/// Its standard deviation along each axis is a share of the input's extent; the map is brought to 0…1.
public struct CentreBaseline: Explainer {
  /// The standard deviation as a share of the input's extents.
  public let spread: Double

  /// - Precondition: `spread` is positive.
  public init(spread: Double = CentreBaseline.spreadParameter.standard) {
    precondition(spread > 0)
    self.spread = spread
  }

  public static let spreadParameter = MethodParameter.number(
    "spread", 0.25, 0.01...10, "standard deviation as a share of the input's extents")

  public var record: ExplainerRecord {
    ExplainerRecord(method: ExplanationMethod.centre.name, knobs: [CentreBaseline.spreadParameter.name: "\(spread)"])
  }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let (width, height) = (input.classifier.width, input.classifier.height)
    func profile(_ extent: Int) -> [Double] {
      (0..<extent).map { place in
        let distance = (Double(place) + 0.5 - Double(extent) / 2) / (spread * Double(extent))
        return exp(-distance * distance / 2)
      }
    }
    let (rows, columns) = (profile(height), profile(width))
    var map = SaliencyMap(
      width: width, height: height, values: rows.flatMap { row in columns.map { Float(row * $0) } })
    map.normalize()
    return ExplainerResult(classes.map { Explanation(classIndex: $0, map: map) }, record: record)
  }
}

extension ExplanationMethod {
  public static let random = ExplanationMethod(
    "random", title: "Random", summary: "random values, to compare other methods with", hooksLayer: false,
    isBaseline: true
  ) { RandomBaseline(seed: $0.seed) }

  public static let centre = ExplanationMethod(
    "centre", title: "Centre", summary: "a Gaussian bump in the picture's middle, to compare other methods with",
    hooksLayer: false, isBaseline: true, parameters: [CentreBaseline.spreadParameter]
  ) { CentreBaseline(spread: $0[CentreBaseline.spreadParameter]) }
}
