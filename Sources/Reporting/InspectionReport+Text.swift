import GraphIR

extension InspectionReport {
  /// The report as lines of text.
  public var text: String {
    var lines = [
      "model       \(model)",
      "format      ONNX IR \(irVersion)\(producer.isEmpty ? "" : ", written by \(producer)")",
      "opsets      " + opsets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
    ]
    for input in inputs { lines.append("input       \(input.text)") }
    for output in outputs { lines.append("output      \(output.text)") }
    lines.append("nodes       \(nodes)")
    lines.append("parameters  \(InspectionReport.grouped(parameters))")
    if let multiplyAccumulates, let inputShape {
      let shape = inputShape.map(String.init).joined(separator: "×")
      lines.append("work        \(InspectionReport.grouped(multiplyAccumulates)) multiply-accumulates at \(shape)")
    }
    if let head { lines.append("head        \(head)") }
    if let batches { lines.append("batches     \(batches)") }
    lines.append("operators")
    let width = operators.map(\.name.count).max() ?? 0
    for entry in operators {
      let name = entry.name.padded(to: width)
      lines.append("  \(name)  \(String(entry.count).leftPadded(to: 5))  \(entry.reason ?? "supported")")
    }
    if let notRun { lines.append("shapes      unknown: \(notRun)") }
    if let layers { lines.append(contentsOf: InspectionReport.table(of: layers)) }
    if let lint { lines.append(contentsOf: InspectionReport.list(of: lint)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func list(of findings: [FindingEntry]) -> [String] {
    guard !findings.isEmpty else { return ["lint        nothing found"] }
    let count = findings.count { $0.severity == LintFinding.Severity.warning.rawValue }
    return ["lint        \(count) warnings, \(findings.count - count) notes"]
      + findings.map { "  \($0.severity)[\($0.code)]: \($0.message). \($0.advice)." }
  }

  private static func table(of layers: [LayerEntry]) -> [String] {
    let headings = ["", "name", "value", "module", "operator", "shape", "activation", "to output"]
    var table = TextTable(headings.map { ($0, .left) })
    for layer in layers {
      table.add([
        layer.isAutomatic ? "→" : "", layer.name, layer.value, layer.scope ?? "", layer.operator,
        layer.shape.map(String.init).joined(separator: "×"), layer.activation ?? "", String(layer.distanceFromOutput),
      ])
    }
    return ["layers (→ marks what --layer auto takes)"] + table.lines
  }

  /// A number with its digits in groups of three.
  private static func grouped(_ number: Int) -> String {
    var result = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return String(result.reversed())
  }
}

extension InspectionReport.ValueEntry {
  fileprivate var text: String {
    "\(name)  \(type ?? "of unknown type") [\(shape?.joined(separator: "×") ?? "of unknown shape")]"
  }
}
