public import Explain
import Foundation
import Tensors

/// The report on one picture's explanations: a page in one file, to be looked at and passed on.
public struct ExplanationPage {
  /// What one method gave.
  public struct Run {
    let result: ExplainerResult
    let manifest: ExplanationManifest
    let title: String
    let choice: LayerChoice?

    /// - Parameters:
    ///   - title: the method's name for people.
    ///   - choice: the hooked layer; nil for methods that hook none.
    public init(_ result: ExplainerResult, manifest: ExplanationManifest, title: String, choice: LayerChoice?) {
      self.result = result
      self.manifest = manifest
      self.title = title
      self.choice = choice
    }
  }

  let subject: ExplainedInput
  let canvas: ExplanationCanvas
  let style: ExplanationStyle
  let runs: [Run]
  let comparisons: [ExplanationComparison]
  let names: [Int: String]

  /// - Parameters:
  ///   - subject: the picture, with what explainers have found of it.
  ///   - canvas: what maps are drawn over.
  ///   - style: how the picture looks at first.
  ///   - runs: at least one, of the same picture and network.
  ///   - comparisons: what the runs' maps have in common, for each class.
  ///   - name: the name of a class; nil where there are no names.
  /// - Throws: as `ExplainedInput.logits`.
  public init(
    _ subject: ExplainedInput, canvas: ExplanationCanvas, style: ExplanationStyle, runs: [Run],
    comparisons: [ExplanationComparison] = [], name: (Int) -> String?
  ) throws {
    precondition(!runs.isEmpty)
    self.subject = subject
    self.canvas = canvas
    self.style = style
    self.runs = runs
    self.comparisons = comparisons
    let shown = try Self.answers(of: subject) + runs.flatMap { $0.result.explanations.map(\.classIndex) }
    names = Dictionary(
      shown.compactMap { index in name(index).map { (index, $0) } }, uniquingKeysWith: { first, _ in first })
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: `FileError` where it cannot be written, `ImageError` and `ExplainError` where there is nothing to write.
  public func write(to path: String) throws {
    try AtomicFile.write(try text(), to: path)
  }

  /// The page as HTML.
  func text() throws -> String {
    let photograph = try PagePhotograph(canvas)
    let data = try ExplanationPageData(self, photograph)
    let file = runs[0].manifest.context
    let first = data.entries.first
    let picture = Self.lastComponent(file.input.path)
    return try HTMLPage(
      title: HTMLText.shortened("\(first?.title ?? "Explanation") – \(picture)"),
      header: """
        <p class="kicker">Which places speak for</p>
        <h1 id="subject">\(HTMLText.escaped(first?.title ?? ""))</h1>
        <p class="about"><span id="about">\(HTMLText.escaped(first?.subtitle ?? ""))</span> · \
        \(HTMLText.name(picture)) · \(HTMLText.name(Self.lastComponent(file.model.path)))</p>
        """,
      sections: try sections(photograph, data), scripts: [.viewer, .channels, .network, .tables], data: data,
      tool: file.tool
    ).text
  }

  /// The name that a class is shown by: the first of its names, or else its index.
  func title(ofClass index: Int) -> String {
    guard let name = names[index]?.split(separator: ",").first, !name.isEmpty else { return "class \(index)" }
    return HTMLText.shortened(String(name), to: 80)
  }

  /// The likeliest classes, likeliest first.
  static func answers(of subject: ExplainedInput) throws -> [Int] {
    ClassRanking(logits: try subject.logits, head: subject.classifier.head).top(5)
  }

  static func lastComponent(_ path: String) -> String { (path as NSString).lastPathComponent }

  /// What stands below a class's name.
  static func subtitle(ofClass index: Int, probability: Double) -> String { "\(percent(probability)), class \(index)" }

  /// A share as a percentage, such as `38.2 %`.
  static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
