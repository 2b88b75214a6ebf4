import Foundation
import Reporting
import Testing

/// The frame that all pages have.
struct HTMLPageTests {
  private struct PageData: Encodable {
    let name: String
  }

  private func page(_ name: String) throws -> String {
    var table = HTMLTable(caption: name, columns: [name, "number"], limit: 3)
    for row in 0..<5 { table.add([.text(name), .number(Double(row), "\(row)")]) }
    table.add([.verdict(name, isGood: false), .number(nil, "–")])
    return try HTMLPage(
      title: name, header: "<h1>\(HTMLText.escaped(name))</h1>",
      sections: [HTMLSection("one", title: name, introduction: name, body: table.html)],
      scripts: [.viewer, .channels, .network, .tables], data: PageData(name: name), tool: name
    ).text
  }

  @Test func pageRefersToNothingOutside() throws {
    let text = try page("plain")
    for address in text.matches(of: /(?:src|href|action|poster|data|srcset)\s*=\s*"([^"]*)"/) {
      #expect(address.1.hasPrefix("data:") || address.1.hasPrefix("#"), "\(address.1)")
    }
    for forbidden in ["http:", "https:", "@import", "url(", "import(", "fetch(", "XMLHttpRequest", "WebSocket"] {
      #expect(!text.contains(forbidden), "\(forbidden)")
    }
    let policy = try #require(text.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
    #expect(policy.contains("default-src 'none'"))
    #expect(!policy.contains("unsafe"))
  }

  /// Wherever a name stands, it opens no element and ends none.
  @Test func namesAddNoElements() throws {
    let odd = "</script></style></title><script>alert(1)</script><!-- \" onload=\"alert(2)\" ' \u{0}"
    func counts(_ text: String) -> [String: Int] {
      let tags = text.matches(of: /<[\/!]?([a-zA-Z]+|--)/).map { String($0.1) }
      return Dictionary(grouping: tags) { $0 }.mapValues(\.count)
    }
    let (plain, hostile) = (try page("plain"), try page(odd))
    #expect(counts(hostile) == counts(plain))
    #expect(!hostile.contains("\u{0}"))
  }

  @Test func dataReadsBack() throws {
    let odd = "</script>\u{2028}\"\\\u{1}"
    let text = try page(odd)
    let start = try #require(text.range(of: "id=\"data\">"))
    let end = try #require(text.range(of: "</script>", range: start.upperBound..<text.endIndex))
    let json = Data(text[start.upperBound..<end.lowerBound].utf8)
    let document = try #require(try JSONSerialization.jsonObject(with: json) as? [String: String])
    #expect(document == ["name": odd])
  }

  @Test func tablesAreBounded() throws {
    let text = try page("plain")
    #expect(text.contains("plain (the first 3 of 6)"))
    #expect(text.matches(of: /data-value="/).count == 3)
  }
}
