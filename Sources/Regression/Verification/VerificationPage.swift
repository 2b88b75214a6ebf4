import Foundation
import Reporting
import Tensors

/// The report on a verification: a page in one file, to be looked at and passed on.
public struct VerificationPage {
  let report: VerificationReport
  private let tool: String

  /// The inputs' files without their folders.
  let fileNames: Set<String>

  /// - Parameter tool: what made the page, plain text.
  public init(_ report: VerificationReport, tool: String) {
    self.report = report
    self.tool = tool
    fileNames = Set(report.inputs.map { ($0.input as NSString).lastPathComponent })
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func write(to path: String) throws {
    try AtomicFile.write(try text(), to: path)
  }

  /// The page as HTML.
  package func text() throws -> String {
    let model = (report.model as NSString).lastPathComponent
    let word = report.same ? "Same" : "Different"
    return try HTMLPage(
      title: HTMLText.shortened("\(word) – \(model)"),
      header: """
        <p class="kicker">\(HTMLText.name(model)) held against \(HTMLText.name(report.golden))</p>
        <h1><span class="verdict \(report.same ? "good" : "bad")">\(word)</span></h1>
        <p class="about">\(HTMLText.name(verdictClause, limit: 1000))</p>
        """,
      sections: sections, scripts: [.tables], data: [String: String](), tool: tool
    ).text
  }

  /// The verdict without the word that the heading says.
  private var verdictClause: String {
    let parts = report.verdict.split(separator: ":", maxSplits: 1)
    let clause = String(parts.last ?? "")
    return (clause.first == " " ? String(clause.dropFirst()) : clause)
  }

  private var sections: [HTMLSection] {
    var sections = [
      HTMLSection(
        "outputs", title: "The outputs",
        introduction: """
          For each input and output: the largest and the mean absolute error, the distance in units in the last place, \
          the share of elements outside of the tolerance, and how alike both are as a whole.
          """, body: outputs.html)
    ]
    if !classes.isEmpty {
      sections.append(
        HTMLSection(
          "classes", title: "The classes",
          introduction: """
            Which class is in front, how many of the first five agree, the rank correlation of all, the Kullback-Leibler \
            divergence, and by how much the first class leads, here and in the golden.
            """, body: classes.html))
    }
    if !maps.isEmpty {
      sections.append(
        HTMLSection(
          "maps", title: "The maps",
          introduction: """
            How far the maps of explanations moved from the golden's: the largest difference, the rank correlation, the \
            structural similarity, the overlap of the highest tenth, and how far the peak went.
            """, body: maps.html))
    }
    if !places.isEmpty {
      sections.append(
        HTMLSection(
          "places", title: "Where differences begin",
          introduction: """
            The first node whose output's statistics differ beyond the tolerance, and the first whose output has other \
            bits, in the model's order.
            """, body: places.html))
    }
    if !values.isEmpty {
      sections.append(
        HTMLSection(
          "values", title: "Inner values",
          introduction: """
            What nodes make, held against the golden's in the model's order. A difference begins at a node that makes another \
            value of the golden's inputs too: by how much stands under “Alone”. Elsewhere it is passed on.
            """, body: values.html))
    }
    sections.append(HTMLSection("protocol", title: "How it was checked", body: protocolText))
    return sections
  }
}
