public import Evaluation
import Foundation

extension EvaluationSummary {
  /// The table for a terminal: a line for each metric, a column for each method.
  public var text: String {
    var columns: [(heading: String, alignment: TextTable.Alignment)] = [("", .left)]
    for row in rows { columns.append((row.method.name, .right)) }
    var table = TextTable(columns + [("n", .right)])
    for (column, metric) in `protocol`.metrics.enumerated() {
      let values = rows.map { $0.values[column] }
      let format = metric.isPercentage ? "%.1f" : "%.4f"
      var cells = ["\(metric.title) \(metric.isHigherBetter ? "↑" : "↓")\(metric.isPercentage ? " %" : "")"]
      for value in values { cells.append(value.map { String(format: format, $0.mean) } ?? "–") }
      cells.append(String(values.compactMap { $0?.count }.max() ?? 0))
      table.add(cells)
    }
    return table.lines.joined(separator: "\n") + "\n"
  }
}
