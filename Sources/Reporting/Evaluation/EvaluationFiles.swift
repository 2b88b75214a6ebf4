public import Evaluation
import Foundation
import Tensors

/// Writes the tables and curves of an evaluation.
public enum EvaluationFiles {
  /// Writes `summary.csv`, `summary.md`, with `report` also the page `summary.html`, and, for each metric that has
  /// curves, `<metric>.svg`.
  ///
  /// - Returns: the paths.
  @discardableResult
  public static func write(_ summary: EvaluationSummary, to folder: String, report: Bool = false) throws -> [String] {
    var files = [("summary.csv", summary.csv), ("summary.md", summary.markdown)]
    if report { files.append(("summary.html", try EvaluationPage(summary).text())) }
    files += summary.plots.map { ("\($0.metric.rawValue).svg", $0.plot.svg) }
    var paths: [String] = []
    for (name, text) in files {
      let path = (folder as NSString).appendingPathComponent(name)
      try AtomicFile.write(text, to: path)
      paths.append(path)
    }
    return paths
  }
}

extension EvaluationSummary {
  /// The curves of each metric that has any.
  var plots: [(metric: Metric, plot: CurvePlot)] {
    `protocol`.metrics.compactMap { metric in
      guard let axis = metric.axis else { return nil }
      let curves = rows.compactMap { row in
        row.curves[metric.name].map { CurvePlot.Curve(title: row.method.title, values: $0) }
      }
      guard !curves.isEmpty else { return nil }
      let plot = CurvePlot(
        title: "\(metric.title): \(`protocol`.model.name) on \(`protocol`.pictures.name)",
        horizontal: axis.title, vertical: metric.name.curveTitle, places: axis.places, labels: axis.labels,
        curves: curves)
      return (metric.name, plot)
    }
  }
}

extension Metric {
  /// What the metric's curves show.
  fileprivate var curveTitle: String {
    switch self {
    case .insertion, .deletion: "mean probability"
    case .road: "half the mean difference"
    case .cascadingSpearman, .independentSpearman: "mean Spearman's ρ"
    default: "mean SSIM"
    }
  }
}
