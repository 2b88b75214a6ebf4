/// Results of checks in the XML that continuous integration systems read.
///
/// - Source: the format as Apache Ant's JUnit task writes it; `testsuites`, `testsuite`, `testcase`, `failure` and
///   `skipped` with the attributes that all readers know.
public struct JUnitReport: Sendable {
  public enum Outcome: Sendable, Hashable {
    case passed
    case failed(String)
    case skipped(String)
  }

  public struct Case: Sendable, Hashable {
    /// What the case belongs to; readers group by it.
    public let group: String
    public let name: String
    public let seconds: Double
    public let outcome: Outcome

    public init(group: String, name: String, seconds: Double, outcome: Outcome) {
      self.group = group
      self.name = name
      self.seconds = seconds
      self.outcome = outcome
    }
  }

  public let name: String
  public let cases: [Case]

  public init(name: String, cases: [Case]) {
    self.name = name
    self.cases = cases
  }

  /// The report as an XML document.
  public var text: String {
    var failed = 0
    var skipped = 0
    for item in cases {
      switch item.outcome {
      case .passed: break
      case .failed: failed += 1
      case .skipped: skipped += 1
      }
    }
    let counts =
      "tests=\"\(cases.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\""
      + " time=\"\(JUnitReport.decimal(cases.reduce(0) { $0 + $1.seconds }))\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts)>",
      "  <testsuite name=\"\(JUnitReport.escaped(name))\" \(counts)>",
    ]
    lines += cases.map { "    \($0.element)" }
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Seconds with three decimals.
  fileprivate static func decimal(_ seconds: Double) -> String {
    let thousandths = Int((max(0, min(seconds, 1e12)) * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }

  fileprivate static func escaped(_ text: String) -> String { HTMLText.escaped(text, keepsBreaks: false) }
}

extension JUnitReport.Case {
  fileprivate var element: String {
    let start =
      "<testcase classname=\"\(JUnitReport.escaped(group))\" name=\"\(JUnitReport.escaped(name))\""
      + " time=\"\(JUnitReport.decimal(seconds))\""
    switch outcome {
    case .passed: return "\(start)/>"
    case .failed(let message): return "\(start)><failure message=\"\(JUnitReport.escaped(message))\"/></testcase>"
    case .skipped(let message): return "\(start)><skipped message=\"\(JUnitReport.escaped(message))\"/></testcase>"
    }
  }
}
