public import Evaluation
import Foundation

extension EvaluationSummary {
  /// A page: the table of methods and metrics, how each number was made, and what failed.
  public var markdown: String {
    var lines = ["# \(`protocol`.model.name) on \(`protocol`.pictures.name)", ""]
    lines.append(
      "\(count) of \(`protocol`.pictures.count) records, \(failures.count) with errors. The class that is explained: "
        + "\(`protocol`.target == .predicted ? "the likeliest one" : "the one that the data set names"). Each number: "
        + "the mean over pictures, the \(percent(`protocol`.bootstrap.confidence)) interval of "
        + "\(`protocol`.bootstrap.resamples) bootstrap samples of the pictures, and the number n of pictures. ↑ more is "
        + "better, ↓ less is better; the best of each column in bold.")
    lines += [""] + table + ["", "## Metrics", ""]
    lines += `protocol`.metrics.map { "- **\($0.title)** (`\($0.name.rawValue)`): \($0.protocol)." }
    lines += ["", "## Methods", ""] + `protocol`.methods.map { "- **\($0.title)** (`\($0.name)`)\(choices(of: $0))" }
    lines += [
      "", "## Made with", "", "- \(`protocol`.tool), \(`protocol`.arithmetic) arithmetic, seed \(`protocol`.seed)",
      "- model `\(`protocol`.model.name)`, SHA-256 `\(`protocol`.model.sha256)`",
      "- data set `\(`protocol`.pictures.name)` (\(`protocol`.pictures.kind.rawValue)), list's SHA-256 "
        + "`\(`protocol`.pictures.sha256)`",
      "- preprocessing: \(`protocol`.preprocessing)",
    ]
    if !failures.isEmpty { lines += ["", "## Errors", ""] + failures.flatMap(errorLines) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Methods in rows, metrics in columns.
  private var table: [String] {
    let best = `protocol`.metrics.indices.map { column in
      let means = rows.compactMap { $0.values[column]?.mean }
      return `protocol`.metrics[column].isHigherBetter ? means.max() : means.min()
    }
    func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
    let headings = `protocol`.metrics.map { metric in
      "\(metric.title) \(metric.isHigherBetter ? "↑" : "↓")\(metric.isPercentage ? " %" : "")"
    }
    var lines = [line(["method"] + headings), line(["---"] + headings.map { _ in "---:" })]
    for row in rows {
      var cells = [row.method.title]
      for (column, metric) in `protocol`.metrics.enumerated() {
        guard let value = row.values[column] else {
          cells.append("–")
          continue
        }
        let isBest = rows.count > 1 && value.mean == best[column]
        cells.append(cell(value, isPercentage: metric.isPercentage, isBest: isBest))
      }
      lines.append(line(cells))
    }
    return lines
  }

  private func cell(_ value: BootstrapInterval, isPercentage: Bool, isBest: Bool) -> String {
    func text(_ number: Double) -> String { String(format: isPercentage ? "%.1f" : "%.3f", number) }
    let mean = isBest ? "**\(text(value.mean))**" : text(value.mean)
    return "\(mean) [\(text(value.lower)), \(text(value.upper))] n=\(value.count)"
  }

  private func choices(of method: EvaluationProtocol.Method) -> String {
    var parts: [String] = []
    if let preset = method.preset { parts.append("preset \(preset)") }
    if let layer = method.layer { parts.append("layer \(layer)") }
    if let seed = method.seed { parts.append("seed \(seed)") }
    parts += method.knobs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
  }

  private func errorLines(_ record: EvaluationRecord) -> [String] {
    if let error = record.error { return ["- \(record.file): \(error)"] }
    return (record.methods ?? [:]).sorted { $0.key < $1.key }.flatMap { name, method in
      (method.errors ?? [:]).sorted { $0.key < $1.key }.map { "- \(record.file), \(name), \($0.key): \($0.value)" }
    }
  }

  private func percent(_ share: Double) -> String { String(format: "%g %%", share * 100) }
}
