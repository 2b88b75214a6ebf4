public import Evaluation

/// The numbers of an evaluation as one JSON document.
public struct EvaluationDocument: Encodable, Sendable {
  struct Value: Encodable, Sendable {
    let method: String
    let metric: String
    let n: Int
    let mean: Double?
    let lower: Double?
    let upper: Double?
  }

  struct Failure: Encodable, Sendable {
    let index: Int
    let file: String
    let error: String
  }

  let output: String
  let pictures: Int
  let evaluated: Int
  let confidence: Double
  let values: [Value]
  let failures: [Failure]

  /// - Parameter output: the folder that the results are in.
  public init(_ summary: EvaluationSummary, output: String) {
    self.output = output
    pictures = summary.protocol.pictures.count
    evaluated = summary.count
    confidence = summary.protocol.bootstrap.confidence
    values = summary.rows.flatMap { row in
      zip(summary.protocol.metrics, row.values).map { metric, value in
        Value(
          method: row.method.name, metric: metric.name.rawValue, n: value?.count ?? 0, mean: value?.mean,
          lower: value?.lower, upper: value?.upper)
      }
    }
    failures = summary.failures.map { Failure(index: $0.index, file: $0.file, error: $0.firstError) }
  }
}

extension EvaluationRecord {
  /// What went wrong first; empty where nothing did.
  public var firstError: String {
    error
      ?? (methods ?? [:]).sorted { $0.key < $1.key }.lazy.compactMap { name, method in
        method.errors?.min { $0.key < $1.key }.map { "\(name), \($0.key): \($0.value)" }
      }.first ?? ""
  }
}
