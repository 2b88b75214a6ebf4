import Reporting
import Testing

/// How strangers' names stand in a page. Expected values: the HTML standard's rules for text and attribute values, by
/// hand.
struct HTMLTextTests {
  @Test func marksAreEscaped() {
    #expect(
      HTMLText.escaped("</script><b a=\"1\" b='2'>&amp;")
        == "&lt;/script&gt;&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;")
  }

  @Test func whatCannotBeSeenIsReplaced() {
    #expect(
      HTMLText.escaped("a\u{0}b\u{1b}c\u{202e}d\u{2066}e\u{7f}f") == "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f")
    #expect(HTMLText.escaped("line\nand\ttab, Ünïcödé 😀") == "line\nand\ttab, Ünïcödé 😀")
  }

  @Test func longNamesLoseTheirMiddle() {
    let name = String(repeating: "a", count: 500) + String(repeating: "z", count: 500)
    let short = HTMLText.shortened(name, to: 30)
    #expect(short == "aaaaaaaaa…zzzzzzzzzzzzzzzzzzzz")
    #expect(HTMLText.shortened("short", to: 30) == "short")
    // One character of many scalars.
    let stacked = "e" + String(repeating: "\u{301}", count: 10_000)
    #expect(HTMLText.shortened(stacked, to: 30).unicodeScalars.count == 30)
  }

  @Test func noTextEndsTheDataElement() {
    let json = "{\"name\":\"</script><!--<script>\"}"
    #expect(HTMLText.embedded(json: json) == "{\"name\":\"\\u003c/script>\\u003c!--\\u003cscript>\"}")
  }
}
