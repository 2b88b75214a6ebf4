import Evaluation
import Foundation

extension EvaluationPage {
  /// Methods in rows, metrics in columns.
  var numbers: HTMLTable {
    let metrics = summary.protocol.metrics
    var table = HTMLTable(
      caption: "Metrics of all methods",
      columns: ["Method"]
        + metrics.map { "\($0.title) \($0.isHigherBetter ? "↑" : "↓")\($0.isPercentage ? " %" : "")" })
    let best = metrics.indices.map { column in
      let means = summary.rows.compactMap { $0.values[column]?.mean }
      return metrics[column].isHigherBetter ? means.max() : means.min()
    }
    for row in summary.rows {
      table.add(
        [.text(row.method.title)]
          + metrics.indices.map { column in
            guard let value = row.values[column] else { return .number(nil, "–") }
            func text(_ number: Double) -> String {
              String(format: metrics[column].isPercentage ? "%.1f" : "%.3f", number)
            }
            return .number(
              value.mean, text(value.mean), isBest: summary.rows.count > 1 && value.mean == best[column],
              note: "\(text(value.lower)) to \(text(value.upper)), n = \(value.count)")
          })
    }
    return table
  }

  var failures: HTMLTable {
    var table = HTMLTable(caption: "Records with errors", columns: ["File", "First error"], limit: 500)
    for record in summary.failures { table.add([.text(record.file), .text(record.firstError)]) }
    return table
  }

  func protocolText() throws -> String {
    let `protocol` = summary.protocol
    var metrics = HTMLFacts()
    for metric in `protocol`.metrics { metrics.add(metric.title, metric.protocol) }
    var methods = HTMLTable(caption: "Choices of the methods", columns: ["Method", "Choice", "Value"])
    for method in `protocol`.methods {
      var choices = method.knobs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      if let layer = method.layer { choices.insert(("layer", layer), at: 0) }
      if let preset = method.preset { choices.insert(("preset", preset), at: 0) }
      if let seed = method.seed { choices.append(("seed", "\(seed)")) }
      for (name, value) in choices { methods.add([.text(method.title), .text(name), .text(value)]) }
    }
    var facts = HTMLFacts()
    facts.add("Made by", `protocol`.tool)
    facts.add("Arithmetic", `protocol`.arithmetic)
    facts.add("Seed", "\(`protocol`.seed)")
    facts.add("Model", `protocol`.model.name)
    facts.add("Its SHA-256", `protocol`.model.sha256)
    facts.add("Data set", "\(`protocol`.pictures.name) (\(`protocol`.pictures.kind.rawValue))")
    facts.add("Its list's SHA-256", `protocol`.pictures.sha256)
    facts.add("Preprocessing", `protocol`.preprocessing)
    let json = HTMLText.shortened(try JSONDocument.text(of: `protocol`), to: 60_000)
    return """
      <div class="protocol">
      <div>
      <h3>Metrics</h3>
      \(metrics.html)
      <h3>Run</h3>
      \(facts.html)
      </div>
      \(methods.isEmpty ? "" : methods.html)
      </div>
      \(HTMLDetails(summary: "The protocol", body: "<pre tabindex=\"0\">\(HTMLText.escaped(json))</pre>").html)
      """
  }
}
