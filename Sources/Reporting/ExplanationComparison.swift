public import Explain
import Imaging
import Tensors

/// The maps that several methods make of one class of a picture, beside one another.
public struct ExplanationComparison: Sendable {
  /// One method's part.
  public struct Part: Sendable {
    let title: String
    let name: String
    let isBaseline: Bool
    let explanation: Explanation

    /// - Parameters:
    ///   - title: as people read it.
    ///   - name: as files and programs name it.
    ///   - isBaseline: whether it is left out where agreement is counted.
    public init(title: String, name: String, isBaseline: Bool, explanation: Explanation) {
      self.title = title
      self.name = name
      self.isBaseline = isBaseline
      self.explanation = explanation
    }
  }

  /// The class that the maps are of.
  public let classIndex: Int

  /// The parts that have a map, and the maps at the input's size.
  let parts: [(part: Part, map: SaliencyMap)]

  /// Spearman's ρ of each pair of them; nil where one of the two is constant.
  let rankCorrelations: [[Double?]]

  /// What the explanations agree on; nil where there are none but baselines.
  let agreement: SaliencyMap?

  /// - Parameter parts: of one class, at least one.
  public init(_ parts: [Part], input: ExplainedInput) {
    classIndex = parts[0].explanation.classIndex
    let classifier = input.classifier
    let parts = parts.compactMap { part in
      part.explanation.map.map { (part, $0.resized(width: classifier.width, height: classifier.height)) }
    }
    self.parts = parts
    rankCorrelations = parts.isEmpty ? [] : MapAgreement(parts.map(\.1)).rankCorrelations
    let counted = parts.filter { !$0.0.isBaseline }.map(\.1)
    agreement = counted.isEmpty ? nil : MapAgreement(counted).map
  }

  /// Writes the sheet of all maps, the agreement and the correlations.
  ///
  /// - Parameters:
  ///   - folder: where to.
  ///   - stem: what the files' names begin with.
  ///   - input: the picture, as it was given.
  public func write(
    folder: String, stem: String, input: String, class entry: ExplanationManifest.ClassEntry,
    canvas: ExplanationCanvas, style: ExplanationStyle
  ) throws -> ComparisonEntry {
    let start = (folder.hasSuffix("/") ? folder : folder + "/") + "\(stem).\(entry.index)"
    let files = ComparisonEntry.Files(
      sheet: "\(start).sheet.png", agreement: agreement.map { _ in "\(start).agreement.npy" },
      comparison: "\(start).comparison.json")
    try sheet(of: entry, canvas: canvas, style: style).writePNG(to: files.sheet)
    if let agreement, let path = files.agreement { try NpyFile.write(agreement.tensor, to: path) }
    let document = ComparisonEntry(
      input: input, class: entry.index, maps: parts.map(\.part.name), spearman: rankCorrelations,
      agreementShare: MapAgreement.topShare, files: files)
    try AtomicFile.write(try JSONDocument.text(of: document), to: files.comparison)
    return document
  }

  /// The photograph, each map over it, and what the maps agree on.
  private func sheet(
    of entry: ExplanationManifest.ClassEntry, canvas: ExplanationCanvas, style: ExplanationStyle
  ) -> Image {
    var tiles = [Montage.Tile(picture: canvas.photograph, caption: "photograph")]
    for (part, map) in parts {
      tiles.append(Montage.Tile(picture: style.blend(of: map, on: canvas), caption: part.title))
    }
    if let agreement {
      tiles.append(Montage.Tile(picture: style.blend(of: agreement, on: canvas), caption: "agreement"))
    }
    let name = entry.name.map { $0.prefix { $0 != "," } }.map(String.init) ?? "class \(entry.index)"
    return Montage(
      title: "\(name), p = \(decimal(entry.probability, significant: 3))",
      subtitle: "agreement: how many maps count a place among their top \(Int(MapAgreement.topShare * 100)) %",
      tiles: tiles, side: 192
    ).rendered()
  }
}

/// A class's comparison in the document that `explain --json` prints, and in its own file.
public struct ComparisonEntry: Encodable, Sendable {
  /// The files, as paths.
  public struct Files: Encodable, Sendable {
    public let sheet: String
    public let agreement: String?
    public let comparison: String

    public var all: [String] { [sheet, agreement, comparison].compactMap { $0 } }
  }

  public let input: String
  public let `class`: Int

  /// The maps, in the order of the matrix.
  public let maps: [String]

  /// Spearman's ρ of each pair; null where one of the two maps is constant.
  public let spearman: [[Double?]]

  /// The share of a map's pixels that count as its top in the agreement.
  public let agreementShare: Double

  public let files: Files

  /// The matrix as lines of text.
  public var text: [String] {
    var table = TextTable(
      [("", .left)] + maps.indices.map { ("\($0 + 1)", .right) })
    for (index, name) in maps.enumerated() {
      table.add(
        ["\(index + 1) \(name)"]
          + spearman[index].map { ComparisonEntry.text(of: $0) })
    }
    return table.lines
  }

  /// A correlation with two digits behind the point, such as `−0.07`; a dash where there is none.
  static func text(of correlation: Double?) -> String {
    guard let correlation else { return "–" }
    let hundredths = Int((correlation * 100).rounded())
    let digits = "\(abs(hundredths) % 100)"
    return "\(hundredths < 0 ? "−" : "")\(abs(hundredths) / 100).\(digits.count < 2 ? "0" : "")\(digits)"
  }
}
