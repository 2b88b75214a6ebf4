import Foundation
import Reporting

extension VerificationPage {
  var outputs: HTMLTable {
    var table = HTMLTable(
      caption: "Errors of all outputs against the golden",
      columns: [
        "Input", "Output", "Verdict", "Max |Δ|", "Mean |Δ|", "ULPs", "Outside", "Cosine", "PSNR", "Worst element",
      ])
    for input in report.inputs {
      for output in input.outputs {
        table.add([
          .text(shortInput(input)), .text(output.value),
          .verdict(output.same ? "same" : "different", isGood: output.same),
          .short(output.maxAbsError), .short(output.meanAbsError),
          .number(output.maxUlpDistance.map { Double($0) }, output.maxUlpDistance.map { "\($0)" } ?? "–"),
          .percent(output.violationShare), .formatted(output.cosine, "%.7f"), .formatted(output.psnr, "%.1f dB"),
          .text(output.mismatch ?? output.worstViolation.map(Self.text(of:)) ?? ""),
        ])
      }
    }
    return table
  }

  var classes: HTMLTable {
    var table = HTMLTable(
      caption: "Rows of scores against the golden",
      columns: [
        "Input", "First class", "Verdict", "Top 5", "Rank correlation", "KL divergence", "Margin", "Golden's margin",
      ])
    for input in report.inputs {
      for case let ranking? in input.outputs.map(\.ranking) {
        guard let top = ranking.top.first, let reference = ranking.referenceTop.first else { continue }
        table.add([
          .text(shortInput(input)), .text(ranking.top1Agrees ? "\(top)" : "\(top) instead of \(reference)"),
          .verdict(ranking.top1Agrees ? "same" : "different", isGood: ranking.top1Agrees),
          .percent(ranking.top5Agreement), .formatted(ranking.spearman, "%.6f"), .short(ranking.klDivergence),
          .short(ranking.margin), .short(ranking.referenceMargin),
        ])
      }
    }
    return table
  }

  var maps: HTMLTable {
    var table = HTMLTable(
      caption: "Maps against the golden's",
      columns: ["Input", "Class", "Max |Δ|", "Spearman", "SSIM", "Top 10 % IoU", "Peak moved"])
    for input in report.inputs {
      guard let drift = input.explanation else { continue }
      table.add([
        .text(shortInput(input)), .number(Double(drift.classIndex), "\(drift.classIndex)"), .short(drift.maxAbsError),
        .formatted(drift.spearman, "%.4f"), .formatted(drift.ssim, "%.4f"), .formatted(drift.top10Iou, "%.4f"),
        .formatted(drift.peakShift, "%.1f px"),
      ])
    }
    return table
  }

  var places: HTMLTable {
    var table = HTMLTable(
      caption: "Nodes at which differences begin",
      columns: ["Input", "What is first there", "Operator", "Node", "Value", "Difference"])
    for input in report.inputs {
      var found = [("beyond the tolerance", input.firstDivergence), ("other bits", input.firstOtherBits)]
      if input.firstOtherBits?.value == input.firstDivergence?.value { found.removeLast() }
      for case (let what, let node?) in found {
        table.add([
          .text(shortInput(input)), .text(what), .text(node.operator), .text(node.node), .text(node.value),
          .text(node.difference ?? ""),
        ])
      }
    }
    return table
  }

  var values: HTMLTable {
    var table = HTMLTable(
      caption: "Inner values against the golden's",
      columns: ["Input", "Operator", "Node", "Value", "Verdict", "Max |Δ|", "Outside", "Difference", "Alone"])
    for input in report.inputs {
      for value in input.values {
        table.add([
          .text(shortInput(input)), .text(value.operator), .text(value.node), .text(value.value),
          .verdict(value.same ? "same" : "different", isGood: value.same), .short(value.maxAbsError),
          .number(value.violations.map { Double($0) }, value.violations.map { "\($0)" } ?? "–"),
          .text(value.mismatch ?? value.originates.map { $0 ? "begins here" : "is passed on" } ?? ""),
          .short(value.isolatedMaxAbsError),
        ])
      }
    }
    return table
  }

  var protocolText: String {
    var facts = HTMLFacts()
    facts.add("Golden", report.golden)
    facts.add("Model", report.model)
    facts.add("Tolerance", report.tolerance)
    facts.add("Inputs", "\(report.inputs.count), of which \(report.inputs.count { !$0.same }) differ")
    facts.add("Time", String(format: "%.2f s", report.inputs.reduce(0) { $0 + $1.seconds }))
    return facts.html
  }

  /// An input's file without its folders, where that tells the inputs apart.
  private func shortInput(_ input: VerificationReport.Input) -> String {
    fileNames.count == report.inputs.count ? (input.input as NSString).lastPathComponent : input.input
  }

  private static func text(of place: VerificationReport.Place) -> String {
    func number(_ value: Double?) -> String { value.map { "\(Float($0))" } ?? "not finite" }
    return
      "[\(place.index.map(String.init).joined(separator: ", "))]: \(number(place.value)) for \(number(place.reference))"
  }
}

extension HTMLTable.Cell {
  /// A number with three significant digits.
  fileprivate static func short(_ number: Double?) -> Self {
    .number(number, number.map { $0 == 0 ? "0" : String(format: "%.3g", $0) } ?? "–")
  }

  /// A share as a percentage.
  fileprivate static func percent(_ share: Double?) -> Self {
    .number(share, share.map { $0 == 0 ? "0 %" : String(format: "%.3g %%", $0 * 100) } ?? "–")
  }

  fileprivate static func formatted(_ number: Double?, _ format: String) -> Self {
    .number(number, number.map { String(format: format, $0) } ?? "–")
  }
}
