public import Conformance

extension ConformanceReport {
  /// The report as lines of text: the operators, the cases that failed, what is not as the manifest says, the sums.
  public var text: String {
    var table = TextTable([("operator", .left), ("pass", .right), ("fail", .right), ("unsupported", .right)])
    for (name, summary) in byOperator {
      table.add([name, String(summary.pass), String(summary.fail), String(summary.unsupported)])
    }
    var lines = table.lines
    for item in cases where item.status == .fail { lines.append("failed: \(item.name): \(item.reason ?? "")") }
    if let deviations {
      lines += deviations.map { "not as in the manifest: \($0)" }
      if deviations.isEmpty { lines.append("all as in the manifest") }
    }
    lines.append(
      "\(cases.count) cases: \(summary.pass) pass, \(summary.fail) fail, \(summary.unsupported) unsupported")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The report for continuous integration. What is not implemented counts as skipped, and so does a case of which the
  /// manifest says why it differs.
  public func junit(manifest: ConformanceManifest? = nil) -> JUnitReport {
    JUnitReport(
      name: "onnx-lens conformance",
      cases: cases.map { item in
        let parts = item.name.split(separator: "/")
        let outcome: JUnitReport.Outcome =
          switch (item.status, manifest?.expectations[item.name]) {
          case (.pass, _): .passed
          case (.unsupported, _): .skipped(item.reason ?? "")
          case (.fail, .differs(let why)): .skipped(why)
          case (.fail, _): .failed(item.reason ?? "")
          }
        return JUnitReport.Case(
          group: parts.dropLast().joined(separator: "."), name: parts.last.map(String.init) ?? item.name,
          seconds: item.seconds, outcome: outcome)
      })
  }
}
