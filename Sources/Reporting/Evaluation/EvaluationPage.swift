import Evaluation
import Foundation

/// The report on an evaluation: a page in one file, to be looked at and passed on.
struct EvaluationPage {
  let summary: EvaluationSummary

  init(_ summary: EvaluationSummary) { self.summary = summary }

  /// The page as HTML.
  func text() throws -> String {
    let `protocol` = summary.protocol
    let failures = summary.failures.isEmpty ? "" : " · \(summary.failures.count) with errors"
    return try HTMLPage(
      title: HTMLText.shortened("\(`protocol`.model.name) on \(`protocol`.pictures.name)"),
      header: """
        <p class="kicker">How far explanations can be trusted</p>
        <h1>\(HTMLText.escaped(HTMLText.shortened(`protocol`.model.name)))</h1>
        <p class="about">\(summary.count) of \(`protocol`.pictures.count) records of \
        \(HTMLText.name(`protocol`.pictures.name))\(failures)</p>
        """,
      sections: try sections(), scripts: [.tables], data: [String: String](), tool: `protocol`.tool
    ).text
  }

  private func sections() throws -> [HTMLSection] {
    let confidence = String(format: "%g %%", summary.protocol.bootstrap.confidence * 100)
    let target =
      summary.protocol.target == .predicted ? "The likeliest class is explained." : "The data set's class is explained."
    var sections = [
      HTMLSection(
        "numbers", title: "The numbers",
        introduction: """
          Means over the pictures with the \(confidence) interval of \(summary.protocol.bootstrap.resamples) bootstrap \
          samples of them and the number n of pictures. ↑ more is better, ↓ less is better; the best of each column is \
          bold. \(target)
          """, body: numbers.html)
    ]
    let plots = summary.plots
    if !plots.isEmpty {
      let figures = plots.map { "<figure class=\"plot\">\n\($0.plot.svg)</figure>" }
      sections.append(
        HTMLSection(
          "curves", title: "The curves", introduction: "Means over the pictures.",
          body: "<div class=\"plots\">\n\(figures.joined(separator: "\n"))\n</div>"))
    }
    if !summary.failures.isEmpty { sections.append(HTMLSection("errors", title: "Errors", body: failures.html)) }
    sections.append(HTMLSection("protocol", title: "How it was measured", body: try protocolText()))
    return sections
  }
}
