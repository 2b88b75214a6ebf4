import Foundation
public import Reporting

extension VerificationReport {
  /// The verdict in one line, a table of all outputs, and one of the rows of scores.
  public var text: String {
    var lines = [verdict]
    var errors = TextTable([
      ("input", .left), ("output", .left), ("", .left), ("max |Δ|", .right), ("mean |Δ|", .right), ("ULPs", .right),
      ("outside", .right), ("cosine", .right), ("PSNR", .right),
    ])
    var rankings = TextTable([
      ("input", .left), ("top 1", .left), ("top 5", .right), ("rank corr.", .right), ("KL", .right), ("margin", .right),
    ])
    var hasRankings = false
    for input in inputs {
      for output in input.outputs {
        errors.add([
          input.input, output.value, output.same ? "same" : "different", Self.short(output.maxAbsError),
          Self.short(output.meanAbsError), output.maxUlpDistance.map(String.init) ?? "–",
          output.violationShare.map { Self.short($0 * 100) + " %" } ?? "–",
          output.cosine.map { String(format: "%.7f", $0) } ?? "–",
          output.psnr.map { String(format: "%.1f dB", $0) } ?? "–",
        ])
        guard let ranking = output.ranking, ranking.top.count > 0 else { continue }
        hasRankings = true
        rankings.add([
          input.input,
          ranking.top1Agrees ? "\(ranking.top[0])" : "\(ranking.top[0]) instead of \(ranking.referenceTop[0])",
          String(format: "%.0f %%", ranking.top5Agreement * 100),
          ranking.spearman.map { String(format: "%.6f", $0) } ?? "–", Self.short(ranking.klDivergence),
          "\(Self.short(ranking.margin)) (\(Self.short(ranking.referenceMargin)))",
        ])
      }
    }
    lines += errors.lines
    if hasRankings { lines += [""] + rankings.lines }
    if inputs.contains(where: { $0.explanation != nil }) { lines += [""] + driftTable.lines }
    let origins = inputs.flatMap { input in
      input.values.filter { $0.originates == true }.map {
        "\(input.input): a difference begins at \($0.operator) '\($0.node)', value '\($0.value)', max |Δ| "
          + Self.short($0.isolatedMaxAbsError ?? $0.maxAbsError)
      }
    }
    if !origins.isEmpty { lines += [""] + origins }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What became of the maps.
  private var driftTable: TextTable {
    var table = TextTable([
      ("input", .left), ("class", .right), ("map: max |Δ|", .right), ("Spearman", .right), ("SSIM", .right),
      ("top 10 % IoU", .right), ("peak moved", .right),
    ])
    for input in inputs {
      guard let drift = input.explanation else { continue }
      func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
      table.add([
        input.input, "\(drift.classIndex)", Self.short(drift.maxAbsError), number(drift.spearman), number(drift.ssim),
        number(drift.top10Iou), drift.peakShift.map { String(format: "%.1f px", $0) } ?? "–",
      ])
    }
    return table
  }

  /// Same or different; where it is different, which output of which input, by how much, and from which node on.
  public var verdict: String {
    guard let input = inputs.first(where: { !$0.same }) else {
      let count = inputs.count
      let scope = inputs.contains { $0.outputs.isEmpty } ? "all values" : "all outputs"
      return "same: \(scope) for \(count) input\(count == 1 ? "" : "s") are within \(tolerance)"
    }
    let failed = inputs.count { !$0.same }
    var parts = ["different: \(input.difference(tolerance))"]
    parts += input.findings.map(\.message)
    if let place = input.place { parts.append(place) }
    if failed > 1 { parts.append("\(failed) of \(inputs.count) inputs differ") }
    return parts.joined(separator: "; ")
  }

  /// A case for each output of each input, and for inner values one an input where they count.
  public var junit: JUnitReport {
    JUnitReport(
      name: "onnx-lens verify",
      cases: inputs.flatMap { input -> [JUnitReport.Case] in
        let details = (input.findings.map(\.message) + [input.place].compactMap { $0 }).map { "; \($0)" }.joined()
        let comparesValues = input.sameNodes || !input.values.isEmpty
        let seconds = input.seconds / Double(max(input.outputs.count + (comparesValues ? 1 : 0), 1))
        var cases = input.outputs.map { output in
          JUnitReport.Case(
            group: input.input, name: output.value, seconds: seconds,
            outcome: output.same
              ? .passed : .failed("output '\(output.value)' \(output.difference(tolerance))\(details)"))
        }
        if comparesValues {
          cases.append(
            .init(
              group: input.input, name: "inner values", seconds: seconds,
              outcome: input.innerDifference.map { .failed($0 + details) } ?? .passed))
        }
        return cases
      })
  }

  fileprivate static func short(_ number: Double?) -> String {
    number.map { $0 == 0 ? "0" : String(format: "%.3g", $0) } ?? "–"
  }
}

extension VerificationReport.Input {
  /// What differs, first of all an output, as a clause.
  fileprivate func difference(_ tolerance: String) -> String {
    if let output = outputs.first(where: { !$0.same }) {
      return "output '\(output.value)' for \(input) \(output.difference(tolerance))"
    }
    return "for \(input) the outputs are within \(tolerance), but \(innerDifference ?? "inner values are not")"
  }

  /// Which inner value differs, as a clause; nil where none does that counts.
  fileprivate var innerDifference: String? {
    if let value = values.first(where: { $0.originates == true }) {
      let error = value.mismatch ?? "is off by at most \(VerificationReport.short(value.maxAbsError))"
      return "the value '\(value.value)' of \(value.operator) '\(value.node)' \(error)"
    }
    guard sameNodes, let node = firstDivergence else { return nil }
    return "the value '\(node.value)' of \(node.operator) '\(node.node)' \(node.difference ?? "differs")"
  }

  /// From which node on values differ, as a clause; nil where no statistics were recorded.
  fileprivate var place: String? {
    guard let matchedNodes else { return nil }
    guard matchedNodes > 0 else { return "no inner value has a name that was recorded" }
    var parts: [String] = []
    if let node = firstDivergence {
      parts.append(
        "the first node beyond the tolerance is \(node.operator) '\(node.node)', whose output '\(node.value)' "
          + (node.difference ?? "differs"))
    } else {
      parts.append("no node's statistics differ beyond the tolerance")
    }
    if let node = firstOtherBits, node.value != firstDivergence?.value {
      parts.append("bits differ from \(node.operator) '\(node.node)' on")
    }
    return parts.joined(separator: "; ")
  }
}

extension VerificationReport.Output {
  /// What is different, as a clause that begins with a verb.
  fileprivate func difference(_ tolerance: String) -> String {
    if let mismatch { return mismatch }
    guard let violations, let violationShare, violations > 0 else {
      if let ranking, !ranking.top1Agrees {
        return "has class \(ranking.top[0]) in front instead of \(ranking.referenceTop[0])"
      }
      return "has other bits, such as the sign of a zero"
    }
    var text =
      "has \(violations) element\(violations == 1 ? "" : "s") (\(VerificationReport.short(violationShare * 100)) %) "
      + "outside of \(tolerance), max |Δ| \(VerificationReport.short(maxAbsError))"
    if let worst = worstViolation {
      func number(_ value: Double?) -> String { value.map { "\(Float($0))" } ?? "not finite" }
      let place = worst.index.map(String.init).joined(separator: ", ")
      text += ", worst at [\(place)]: \(number(worst.value)) for \(number(worst.reference))"
    }
    if let nonFiniteDisagreements, nonFiniteDisagreements > 0 {
      text += ", \(nonFiniteDisagreements) with a NaN or infinity on one side alone"
    }
    return text
  }
}
