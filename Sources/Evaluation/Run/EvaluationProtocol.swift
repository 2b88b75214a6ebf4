public import Explain

/// All that an evaluation's numbers depend on: the same for every shard of one evaluation.
public struct EvaluationProtocol: Codable, Sendable, Equatable {
  public struct File: Codable, Sendable, Equatable {
    /// Without folders, which differ from machine to machine.
    public let name: String
    public let sha256: String

    public init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  public struct Pictures: Codable, Sendable, Equatable {
    public let kind: DataSet.Kind
    public let name: String
    /// Of the list of files, classes and boxes.
    public let sha256: String
    /// How many records the evaluation has.
    public let count: Int

    public init(kind: DataSet.Kind, name: String, sha256: String, count: Int) {
      self.kind = kind
      self.name = name
      self.sha256 = sha256
      self.count = count
    }
  }

  public struct Method: Codable, Sendable, Equatable {
    public let name: String
    public let title: String
    public let preset: String?
    public let layer: String?
    public let knobs: [String: String]
    public let seed: UInt64?

    public init(_ record: ExplainerRecord, title: String, layer: String?) {
      name = record.method
      self.title = title
      preset = record.preset
      self.layer = layer
      knobs = record.knobs
      seed = record.seed
    }
  }

  /// What a curve is drawn over.
  public struct Axis: Codable, Sendable, Equatable {
    public let title: String
    public let places: [Double]
    /// The places' names, where they have any.
    public let labels: [String]?

    public init(title: String, places: [Double], labels: [String]? = nil) {
      self.title = title
      self.places = places
      self.labels = labels
    }
  }

  public struct MetricEntry: Codable, Sendable, Equatable {
    public let name: Metric
    public let title: String
    public let isHigherBetter: Bool
    public let isPercentage: Bool
    public let `protocol`: String
    public let axis: Axis?
  }

  public struct Bootstrap: Codable, Sendable, Equatable {
    public let resamples: Int
    public let confidence: Double

    public init(resamples: Int = 1000, confidence: Double = 0.95) {
      self.resamples = resamples
      self.confidence = confidence
    }
  }

  /// The version of this document's form.
  public static let currentFormat = 1

  public let format: Int
  public let tool: String
  public let model: File
  public let pictures: Pictures
  /// What was done to pictures, in words.
  public let preprocessing: String
  public let arithmetic: String
  public let target: EvaluationSettings.Target
  public let seed: UInt64
  public let methods: [Method]
  public let metrics: [MetricEntry]
  public let bootstrap: Bootstrap

  /// - Throws: `EvaluationError` where a metric does not apply to the classifier.
  public init(
    tool: String, model: File, pictures: Pictures, preprocessing: String, settings: EvaluationSettings,
    methods: [Method], classifier: Classifier, bootstrap: Bootstrap
  ) throws {
    format = EvaluationProtocol.currentFormat
    self.tool = tool
    self.model = model
    self.pictures = pictures
    self.preprocessing = preprocessing
    arithmetic = classifier.network.arithmetic.rawValue
    target = settings.target
    seed = settings.seed
    self.methods = methods
    let measures = try settings.measures(for: classifier)
    metrics = settings.metrics.compactMap { metric in
      measures.first { $0.metrics.contains(metric) }.map { measure in
        MetricEntry(
          name: metric, title: metric.title, isHigherBetter: metric.isHigherBetter, isPercentage: metric.isPercentage,
          protocol: measure.protocolText, axis: measure.axis(pixels: classifier.width * classifier.height))
      }
    }
    self.bootstrap = bootstrap
  }

  /// The parts in which two protocols differ, by name.
  public func differences(from other: EvaluationProtocol) -> [String] {
    var names: [String] = []
    func compare<Part: Equatable>(_ name: String, _ part: KeyPath<EvaluationProtocol, Part>) {
      if self[keyPath: part] != other[keyPath: part] { names.append(name) }
    }
    compare("format", \.format)
    compare("tool", \.tool)
    compare("model", \.model)
    compare("data set", \.pictures)
    compare("preprocessing", \.preprocessing)
    compare("arithmetic", \.arithmetic)
    compare("target", \.target)
    compare("seed", \.seed)
    compare("methods", \.methods)
    compare("metrics", \.metrics)
    compare("bootstrap", \.bootstrap)
    return names
  }
}

extension Measure {
  /// What the metrics' curves are drawn over; nil where they have none.
  fileprivate func axis(pixels: Int) -> EvaluationProtocol.Axis? {
    switch self {
    case let curve as PixelCurve:
      return .init(
        title: curve.kind == .insertion ? "share of pixels put back" : "share of pixels taken away",
        places: PixelCurve.counts(pixels: pixels, steps: curve.stepCount).map { Double($0) / Double(pixels) })
    case let road as Road:
      return .init(title: "share of pixels that stay", places: road.keptPercentages.map { Double($0) / 100 })
    case let check as SanityCheck:
      return .init(
        title: "layers, from the last to the first", places: check.layerLabels.indices.map(Double.init),
        labels: check.layerLabels)
    default: return nil
    }
  }
}
