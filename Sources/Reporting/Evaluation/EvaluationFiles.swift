public import Evaluation
import Foundation
public import Tensors

/// Writes the tables and curves of an evaluation.
public enum EvaluationFiles {
  /// Writes `summary.csv`, `summary.md` and, for each metric that has curves, `<metric>.svg`.
  ///
  /// - Returns: the paths.
  @discardableResult
  public static func write(_ summary: EvaluationSummary, to folder: String) throws(FileError) -> [String] {
    var files = [("summary.csv", summary.csv), ("summary.md", summary.markdown)]
    for metric in summary.protocol.metrics {
      guard let axis = metric.axis else { continue }
      let curves = summary.rows.compactMap { row in
        row.curves[metric.name].map { CurvePlot.Curve(title: row.method.title, values: $0) }
      }
      guard !curves.isEmpty else { continue }
      let plot = CurvePlot(
        title: "\(metric.title): \(summary.protocol.model.name) on \(summary.protocol.pictures.name)",
        horizontal: axis.title, vertical: metric.name.curveTitle, places: axis.places, labels: axis.labels,
        curves: curves)
      files.append(("\(metric.name.rawValue).svg", plot.svg))
    }
    var paths: [String] = []
    for (name, text) in files {
      let path = (folder as NSString).appendingPathComponent(name)
      try AtomicFile.write(text, to: path)
      paths.append(path)
    }
    return paths
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
