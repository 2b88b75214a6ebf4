/// The numbers of an evaluation: each method's metrics over all pictures.
public struct EvaluationSummary: Sendable {
  public struct Row: Sendable {
    public let method: EvaluationProtocol.Method
    /// In the protocol's order; nil where no picture gave the number.
    public let values: [BootstrapInterval?]
    /// The mean of the pictures' curves by metric.
    public let curves: [Metric: [Double]]
  }

  public let `protocol`: EvaluationProtocol
  public let rows: [Row]

  /// The pictures that gave no numbers, or not all.
  public let failures: [EvaluationRecord]

  /// The pictures that were evaluated, those that failed included.
  public let count: Int

  /// - Parameter records: in any order; the numbers do not depend on it.
  public init(_ records: some Sequence<EvaluationRecord>, _ protocol: EvaluationProtocol) {
    let records = records.sorted { $0.index < $1.index }
    self.protocol = `protocol`
    count = records.count
    failures = records.filter { !$0.isComplete }
    rows = `protocol`.methods.map { method in
      let found = records.compactMap { $0.methods?[method.name] }
      let values = `protocol`.metrics.map { metric in
        BootstrapInterval(
          of: found.compactMap { $0.metrics[metric.name.rawValue] }, resamples: `protocol`.bootstrap.resamples,
          confidence: `protocol`.bootstrap.confidence, seed: `protocol`.seed,
          purpose: "\(method.name) \(metric.name.rawValue)")
      }
      var curves: [Metric: [Double]] = [:]
      for metric in `protocol`.metrics {
        guard let axis = metric.axis else { continue }
        // Networks that take pictures of any size may have steps of other counts for some.
        let own = found.compactMap { $0.curves?[metric.name.rawValue] }.filter { $0.count == axis.places.count }
        guard !own.isEmpty else { continue }
        curves[metric.name] = axis.places.indices.map { place in
          own.reduce(0) { $0 + $1[place] } / Double(own.count)
        }
      }
      return Row(method: method, values: values, curves: curves)
    }
  }
}
