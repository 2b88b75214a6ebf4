import Foundation

/// A page in one file that loads nothing: styles, scripts, pictures and data stand in it, and its content security
/// policy allows nothing else.
package struct HTMLPage {
  /// A script of the page.
  package enum Script {
    case viewer
    case channels
    case network
    case tables
  }

  private let title: String
  private let header: String
  private let sections: [HTMLSection]
  private let scripts: [Script]
  private let data: String
  private let tool: String

  /// - Parameters:
  ///   - title: the document's title, plain text.
  ///   - header: the page's heading, HTML.
  ///   - data: what scripts read.
  ///   - tool: what made the page, plain text.
  /// - Throws: `EncodingError` for a number that is not finite.
  package init(
    title: String, header: String, sections: [HTMLSection], scripts: [Script], data: some Encodable, tool: String
  ) throws {
    self.title = title
    self.header = header
    self.sections = sections
    self.scripts = scripts
    self.tool = tool
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self.data = HTMLText.embedded(json: String(decoding: try encoder.encode(data), as: UTF8.self))
  }

  /// The file's text.
  package var text: String {
    let style = PageResource.style
    let script = ([PageResource.base] + scripts.map(\.source)).joined(separator: "\n")
    let policy =
      "default-src 'none'; img-src data:; style-src '\(PageResource.digest(of: style))'; "
      + "script-src '\(PageResource.digest(of: script))'; base-uri 'none'; form-action 'none'"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="\(HTMLText.escaped(tool))">
      <title>\(HTMLText.escaped(title))</title>
      <link rel="icon" href="data:,">
      <style>\(style)</style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="page">
      <div class="heading">
      \(header)
      </div>
      <button type="button" id="theme" class="quiet" hidden>Dark</button>
      </header>
      <main id="content">
      <noscript><p class="note">Without JavaScript the controls of this page do nothing; figures and tables are here.</p></noscript>
      \(sections.map(\.html).joined(separator: "\n"))
      </main>
      <footer class="page"><p>Made by \(HTMLText.escaped(tool)). All of this page is in this file; it loads nothing.</p></footer>
      <script type="application/json" id="data">\(data)</script>
      <script>\(script)</script>
      </body>
      </html>

      """
  }
}

/// A part of a page under a heading.
package struct HTMLSection {
  /// A name for links, letters and hyphens.
  let identifier: String
  let title: String
  /// What to know before reading, plain text.
  let introduction: String?
  let body: String

  /// - Parameters:
  ///   - title: plain text.
  ///   - body: HTML.
  package init(_ identifier: String, title: String, introduction: String? = nil, body: String) {
    self.identifier = identifier
    self.title = title
    self.introduction = introduction
    self.body = body
  }

  var html: String {
    let introduction = introduction.map { "<p class=\"introduction\">\(HTMLText.escaped($0))</p>\n" } ?? ""
    return """
      <section id="\(identifier)" aria-labelledby="\(identifier)-title">
      <h2 id="\(identifier)-title">\(HTMLText.escaped(title))</h2>
      \(introduction)\(body)
      </section>
      """
  }
}
