import Foundation
import Reporting
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an XML parser reads out of a JUnit report.
struct JUnitReportTests {
  /// Collects the elements and their attributes.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements.append((name, attributes))
    }
  }

  @Test func aParserReadsBackWhatWasReported() throws {
    let odd = "a < b & \"c\" > 'd'\n\tÄ→😀"
    let report = JUnitReport(
      name: odd,
      cases: [
        .init(group: "node", name: "passes", seconds: 1.2345, outcome: .passed),
        .init(group: "node", name: odd, seconds: 0.25, outcome: .failed(odd)),
        .init(group: "", name: "control \u{1}\u{0}", seconds: 0, outcome: .skipped("operator Loop")),
      ])
    let parser = XMLParser(data: Data(report.text.utf8))
    let reader = Reader()
    parser.delegate = reader
    #expect(parser.parse())
    #expect(
      reader.elements.map(\.name) == [
        "testsuites", "testsuite", "testcase", "testcase", "failure", "testcase", "skipped",
      ])
    let suite = reader.elements[1].attributes
    #expect(
      suite == [
        "name": odd, "tests": "3", "failures": "1", "errors": "0", "skipped": "1", "time": "1.485",
      ])
    #expect(reader.elements[2].attributes == ["classname": "node", "name": "passes", "time": "1.235"])
    #expect(reader.elements[3].attributes["name"] == odd)
    #expect(reader.elements[4].attributes["message"] == odd)
    #expect(reader.elements[5].attributes["name"] == "control \u{fffd}\u{fffd}")
    #expect(reader.elements[6].attributes["message"] == "operator Loop")
  }
}
