public import Evaluation

extension EvaluationSummary {
  /// A row for each number, with its interval and how it was made.
  public var csv: String {
    var rows = [["method", "preset", "layer", "metric", "n", "mean", "lower", "upper", "confidence", "protocol"]]
    for row in self.rows {
      for (metric, value) in zip(`protocol`.metrics, row.values) {
        let numbers = value.map { ["\($0.count)", "\($0.mean)", "\($0.lower)", "\($0.upper)"] } ?? ["0", "", "", ""]
        rows.append(
          [row.method.name, row.method.preset ?? "", row.method.layer ?? "", metric.name.rawValue] + numbers
            + ["\(`protocol`.bootstrap.confidence)", metric.protocol])
      }
    }
    return rows.map { $0.map(\.csvField).joined(separator: ",") + "\n" }.joined()
  }
}

extension String {
  /// In quotes where it has to be.
  fileprivate var csvField: String {
    contains { ",\"\n".contains($0) }
      ? "\"\(split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : self
  }
}
