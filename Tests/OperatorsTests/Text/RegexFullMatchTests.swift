import GraphIR
import Operators
import Tensors
import Testing

@Suite("RegexFullMatch")
struct RegexFullMatchTests {
  private func matches(_ pattern: String, _ texts: String...) throws -> [Bool] {
    try call(
      "RegexFullMatch", opset: 20, [Tensor(try Shape([texts.count]), strings: texts)],
      attributes: ["pattern": .string(Array(pattern.utf8))])[0].elements(of: Bool.self)
  }

  /// Expected results from Python's `re.fullmatch` with ASCII classes, but for `a{,2}` and flags in the middle, which
  /// are by RE2's documentation.
  static let cases: [(String, String, Bool)] = [
    ("", "", true),
    ("", "a", false),
    ("a*", "aaa", true),
    ("a+", "", false),
    ("(a|b)*c", "ababc", true),
    ("a|bc", "bc", true),
    ("a|bc", "abc", false),
    ("a?b{2}", "abb", true),
    ("a{2,3}", "aaaa", false),
    ("a{2,}", "aaaaa", true),
    ("a{0}", "", true),
    ("a{,2}", "a{,2}", true),
    ("x{2", "x{2", true),
    ("[a-c]+", "abcabc", true),
    ("[^a-c]+", "xyz", true),
    ("[^a]", "\n", true),
    (".", "\n", false),
    ("(?s).", "\n", true),
    ("[]a]+", "]a]", true),
    ("[a\\-z]+", "a-z", true),
    ("[a-]+", "a-a", true),
    ("[\\d.]+", "3.14", true),
    ("\\d+", "\u{663}", false),
    ("\\w+", "h\u{e9}", false),
    ("\\W", "\u{e9}", true),
    ("\\s+", " \t\n", true),
    ("(?i)HeLLo", "hEllO", true),
    ("(?i:a)B", "AB", true),
    ("(?i:a)B", "Ab", false),
    ("a(?i)b", "aB", true),
    ("(?i)[^a]", "A", false),
    ("(?i)\u{c9}", "\u{e9}", true),
    ("^a$", "a", true),
    ("a^b", "ab", false),
    ("(?m)a$\\n^b", "a\nb", true),
    ("a$\\n^b", "a\nb", false),
    ("\\bfoo\\b.*", "foo bar", true),
    ("foo\\Bbar", "foobar", true),
    ("foo\\bbar", "foobar", false),
    ("\\Aab", "ab", true),
    ("\\x41\\x62", "Ab", true),
    ("\\101", "A", true),
    ("\\.\\*\\[", ".*[", true),
    ("caf\u{e9}", "caf\u{e9}", true),
    ("(?P<year>\\d{4})-(?:0[1-9]|1[0-2])", "2024-12", true),
    ("(|a)+", "aaa", true),
    ("(a*)+", "aaa", true),
    ("(a*)*b", "aaab", true),
    ("(?:)*", "a", false),
    ("[a-z]+@[a-z]+\\.com", "me@host.com", true),
    ("a+?", "aaa", true),
    ("\\t\\n\\v\\f\\r\\a", "\t\n\u{b}\u{c}\r\u{7}", true),
  ]

  @Test("Expressions", arguments: cases)
  func values(pattern: String, text: String, expected: Bool) throws {
    #expect(try matches(pattern, text) == [expected])
  }

  /// By RE2's documentation; Python has other names for these.
  @Test("Expressions that are RE2's own")
  func own() throws {
    #expect(try matches("\\pL+\\z", "h\u{e9}llo", "h1") == [true, false])
    #expect(try matches("[\\p{Lu}\\PL]+", "A1", "a") == [true, false])
    #expect(try matches("[[:alpha:][:^ascii:]]+", "a\u{e9}", "1") == [true, false])
    #expect(try matches("\\x{1F600}", "\u{1f600}") == [true])
    #expect(try matches("\\Qa.b*\\E+", "a.b***", "aXb*") == [true, false])
    #expect(try matches("(?<n>a)(?-i:b)(?sU).", "ab\n") == [true])
  }

  @Test("Expressions that make others take exponential time", .timeLimit(.minutes(1)))
  func time() throws {
    let text = String(repeating: "a", count: 300)
    #expect(try matches("(a*)*b", text) == [false])
    #expect(try matches("(a|a)*(a|aa)*b", text) == [false])
    #expect(try matches("(.*)(.*)(.*)(.*)(.*)b", text) == [false])
    #expect(try matches("a{0,150}a{0,150}", text, text + "a") == [true, false])
  }

  @Test(
    "Expressions that are none, too large or left out",
    arguments: [
      "(", ")", "(a", "a)", "[", "[a", "[]", "[z-a]", "[a-\\d]", "*", "a**", "a+*", "a{2}{3}", "|*", "(?", "(?i",
      "(?z)",
      "(?=a)", "(?!a)", "(?<=a)", "(?P<n", "(?P<>a)", "(?P=n)", "(a)\\1", "\\", "\\8", "\\y", "\\Z", "\\x",
      "\\x{110000}",
      "\\x{d800}", "\\x+1", "\\p", "\\p{Greek}", "\\C", "[[:foo:]]", "a{1001}", "a{2,1}", "((a{100}){100}){100}",
      "((((){1000}){1000}){1000}){1000}", String(repeating: "(", count: 5000), String(repeating: "a", count: 30000),
    ])
  func refused(pattern: String) {
    #expect(throws: OperatorError.self) { try matches(pattern, "a") }
  }

  @Test("What does not fit is refused")
  func inputs() {
    #expect(throws: OperatorError.self) { try call("RegexFullMatch", opset: 20, [Tensor(.scalar, strings: ["a"])]) }
    #expect(throws: OperatorError.self) {
      try call("RegexFullMatch", opset: 20, [.counting(1)], attributes: ["pattern": .string([0x61])])
    }
  }
}
