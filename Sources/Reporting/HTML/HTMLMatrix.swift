/// A square table of correlations, tinted by their size: rows by name, columns by the number of the row that they are.
struct HTMLMatrix {
  /// Plain text.
  let caption: String
  /// Plain text.
  let names: [String]
  /// As many rows and columns as there are names, from −1 to 1; nil where there is none.
  let correlations: [[Double?]]

  var html: String {
    let headings = names.enumerated().map { index, name in
      "<th scope=\"col\" title=\"\(HTMLText.escaped(name))\" aria-label=\"\(HTMLText.escaped(name))\">\(index + 1)</th>"
    }
    let rows = names.enumerated().map { index, name in
      "<tr><th scope=\"row\">\(index + 1) \(HTMLText.name(name))</th>"
        + correlations[index].map(HTMLMatrix.cell).joined() + "</tr>"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(HTMLText.escaped(caption))">
      <table class="matrix">
      <caption>\(HTMLText.escaped(caption))</caption>
      <thead><tr><td></td>\(headings.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table>
      </div>
      """
  }

  /// The tint is one of ten, since the page's policy allows no styles of single elements.
  private static func cell(_ correlation: Double?) -> String {
    let tenths = Int((abs(correlation ?? 0) * 10).rounded())
    let sign = (correlation ?? 0) < 0 ? " minus" : ""
    return "<td class=\"tint-\(min(tenths, 10))\(sign)\">\(ComparisonEntry.text(of: correlation))</td>"
  }
}
