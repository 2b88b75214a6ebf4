public import Tensors

/// A way to judge a map, which gives one or several metrics.
///
/// Where it asks the network about changed pictures, it says which, and all measures' pictures run together.
public protocol Measure: Sendable {
  /// What it gives.
  var metrics: [Metric] { get }

  /// What exactly is done, as a clause: every choice that implementations differ in.
  var protocolText: String { get }

  /// The changed pictures whose probability is asked for.
  func changedPictures(of subject: MetricSubject) throws -> [ChangedPicture]

  /// The metrics of one map; those that do not apply to the picture are left out.
  ///
  /// - Parameter probabilities: of the subject's class, one for each changed picture.
  func values(of subject: MetricSubject, probabilities: [Double]) throws -> [Metric: MetricValue]
}

extension Measure {
  public func changedPictures(of subject: MetricSubject) throws -> [ChangedPicture] { [] }
}

/// Writes a changed picture: as many elements as the classifier's input shape has. Called from any thread.
public typealias ChangedPicture = @Sendable (_ image: UnsafeMutableBufferPointer<Float>) -> Void

/// A metric of one map.
public struct MetricValue: Sendable, Hashable {
  public let value: Double

  /// What the value is the area under, or the mean of; nil where there is no curve.
  public let curve: [Double]?

  public init(_ value: Double, curve: [Double]? = nil) {
    self.value = value
    self.curve = curve
  }
}

/// Some measures that share the passes of one map.
public struct MeasureSet: Sendable {
  public let measures: [any Measure]

  public init(_ measures: [any Measure]) { self.measures = measures }

  /// What was found, and what each measure that failed has to say.
  public struct Outcome: Sendable {
    public var values: [Metric: MetricValue] = [:]
    public var faults: [Metric: any Fault] = [:]
  }

  /// All measures of one map. A measure that fails with a `Fault` leaves the others alone.
  ///
  /// Complexity: a forward pass for each changed picture, all in one batch.
  ///
  /// - Throws: where the network does not run.
  public func outcome(for subject: MetricSubject) throws -> Outcome {
    var outcome = Outcome()
    var pictures: [ChangedPicture] = []
    var parts: [(measure: any Measure, range: Range<Int>)] = []
    for measure in measures {
      do {
        let own = try measure.changedPictures(of: subject)
        parts.append((measure, pictures.count..<pictures.count + own.count))
        pictures += own
      } catch let fault as any Fault {
        for metric in measure.metrics { outcome.faults[metric] = fault }
      }
    }
    let probabilities = try subject.probabilities(of: pictures)
    for (measure, range) in parts {
      do {
        let values = try measure.values(of: subject, probabilities: Array(probabilities[range]))
        outcome.values.merge(values) { $1 }
      } catch let fault as any Fault {
        for metric in measure.metrics { outcome.faults[metric] = fault }
      }
    }
    return outcome
  }
}
