/// A table of a page.
package struct HTMLTable {
  /// What stands in a cell.
  package enum Cell {
    /// Plain text; long names are cut.
    case text(String)
    /// A number and how it is written, whether it stands out, and what is said below it; nil where there is none.
    case number(Double?, String, isBest: Bool = false, note: String? = nil)
    /// A verdict that is marked as good or bad.
    case verdict(String, isGood: Bool)
  }

  private let caption: String
  private let columns: [String]
  private var rows: [[Cell]] = []
  private let limit: Int
  private var omitted = 0

  /// - Parameters:
  ///   - caption: plain text.
  ///   - columns: headings, plain text.
  ///   - limit: the most rows that are shown.
  package init(caption: String, columns: [String], limit: Int = 2000) {
    self.caption = caption
    self.columns = columns
    self.limit = limit
  }

  /// - Precondition: there is a cell for each column.
  package mutating func add(_ row: [Cell]) {
    precondition(row.count == columns.count)
    if rows.count < limit { rows.append(row) } else { omitted += 1 }
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// The table; scripts make its headings sort it.
  package var html: String {
    let isNumber = columns.indices.map { column in
      rows.contains { if case .number = $0[column] { true } else { false } }
    }
    let headings = columns.enumerated().map { index, title in
      "<th scope=\"col\"\(isNumber[index] ? " class=\"number\"" : "")>\(HTMLText.escaped(title))</th>"
    }
    let more = omitted > 0 ? " (the first \(rows.count) of \(rows.count + omitted))" : ""
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(HTMLText.escaped(caption))">
      <table class="sortable">
      <caption>\(HTMLText.escaped(caption + more))</caption>
      <thead><tr>\(headings.joined())</tr></thead>
      <tbody>
      \(rows.map { "<tr>\($0.map(\.html).joined())</tr>" }.joined(separator: "\n"))
      </tbody>
      </table>
      </div>
      """
  }
}

extension HTMLTable.Cell {
  fileprivate var html: String {
    switch self {
    case .text(let text): return "<td>\(HTMLText.name(text))</td>"
    case .number(let number, let text, let isBest, let note):
      let value = number.map { $0.isFinite ? " data-value=\"\($0)\"" : "" } ?? ""
      let words = isBest ? "<strong>\(HTMLText.escaped(text))</strong>" : HTMLText.escaped(text)
      let below = note.map { "<small>\(HTMLText.escaped($0))</small>" } ?? ""
      return "<td class=\"number\"\(value)>\(words)\(below)</td>"
    case .verdict(let text, let isGood):
      return "<td><span class=\"verdict \(isGood ? "good" : "bad")\">\(HTMLText.escaped(text))</span></td>"
    }
  }
}

/// Names and what they stand for, as a page lists them.
package struct HTMLFacts {
  private var items: [(name: String, value: String)] = []

  package init() {}

  /// Adds a fact; nothing where there is no value.
  package mutating func add(_ name: String, _ value: String?) {
    if let value, !value.isEmpty { items.append((name, value)) }
  }

  package var html: String {
    let lines = items.map { name, value in
      "<div><dt>\(HTMLText.escaped(name))</dt><dd>\(HTMLText.name(value, limit: 400))</dd></div>"
    }
    return "<dl class=\"facts\">\n\(lines.joined(separator: "\n"))\n</dl>"
  }
}
