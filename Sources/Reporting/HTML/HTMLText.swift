/// Text as it stands in a page or in XML. Names come from files of strangers, so nothing is taken on trust.
package enum HTMLText {
  /// Text as it may stand between tags and between quotes: marks are escaped, and what cannot be seen, or turns the
  /// direction of the text around it, is replaced.
  ///
  /// - Parameter keepsBreaks: leave tabs and ends of lines as they are; else they become references, which also attributes
  ///   of XML keep.
  package static func escaped(_ text: String, keepsBreaks: Bool = true) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": if keepsBreaks { result.unicodeScalars.append(scalar) } else { result += "&#\(scalar.value);" }
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{200e}", "\u{200f}", "\u{202a}"..."\u{202e}",
        "\u{2066}"..."\u{2069}", "\u{fffe}", "\u{ffff}":
        result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A name of bounded length: where it is longer, its middle gives way to an ellipsis.
  package static func shortened(_ name: String, to limit: Int = 120) -> String {
    // Scalars, since one character may be made of any number of them.
    let scalars = Array(name.unicodeScalars.prefix(1 << 16))
    guard scalars.count > limit else { return name }
    let ending = limit * 2 / 3
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars.prefix(limit - ending - 1))
    result.append("…")
    result.append(contentsOf: scalars.suffix(ending))
    return String(result)
  }

  /// A name as an element whose text is bounded, with more of it as a tooltip where it is cut.
  package static func name(_ name: String, limit: Int = 120) -> String {
    let short = shortened(name, to: limit)
    let tip = short == name ? "" : " title=\"\(escaped(shortened(name, to: 1000)))\""
    return "<span class=\"name\"\(tip)>\(escaped(short))</span>"
  }

  /// A JSON document as it may stand in a `script` element: `<` is escaped, so that no text ends the element.
  package static func embedded(json: String) -> String {
    json.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
  }
}
