import Foundation

/// What a comparison of two models found, for people and for programs.
public struct DiffReport: Sendable, Encodable {
  public let modelA: String
  public let modelB: String
  public let inputs: [String]
  /// The profile's name or the file's path.
  public let tolerance: String
  /// Whether all compared values are within the tolerance, or all outputs are and no difference begins anywhere.
  public let same: Bool
  public let firstDivergence: ValueDifference?
  public let structure: [StructuralDifference]
  /// Causes that were recognized.
  public let findings: [Finding]
  /// The compared values, by the nodes that make them, in order.
  public let nodes: [ValueDifference]
  /// The first model's nodes that have no partner in the second.
  public let unmatched: [String]
  public let firstNonFiniteA: FiniteCheck.Origin?
  public let firstNonFiniteB: FiniteCheck.Origin?

  public init(_ diff: ModelDiff, modelA: String, modelB: String, inputs: [String], tolerance: String) {
    self.modelA = modelA
    self.modelB = modelB
    self.inputs = inputs
    self.tolerance = tolerance
    same = diff.isSame
    firstDivergence = diff.firstDivergence
    structure = diff.structure
    findings = diff.findings
    nodes = diff.values
    unmatched = diff.unmatchedNodes
    firstNonFiniteA = diff.firstNonFinite.a
    firstNonFiniteB = diff.firstNonFinite.b
  }

  /// The report as lines of text.
  public var text: String {
    var lines: [String] = []
    if !structure.isEmpty {
      lines.append("structure (does not count as a difference by itself)")
      lines += structure.map { "  \($0.kind.rawValue): \($0.message)" }
    }
    if !unmatched.isEmpty {
      lines.append("not compared by themselves: \(unmatched.joined(separator: ", "))")
    }
    for (model, origin) in [(modelA, firstNonFiniteA), (modelB, firstNonFiniteB)] {
      if let origin { lines.append("\(model): \(origin.text)") }
    }
    lines += findings.map { "found: \($0.message)" }
    if let firstDivergence {
      let count = nodes.count { !$0.same }
      lines.append("different under \(tolerance): \(count) of \(nodes.count) values, the first of them")
      lines += firstDivergence.lines
      let others = nodes.filter { $0.originates == true }.dropFirst()
      if !others.isEmpty {
        lines.append("differences that begin elsewhere")
        for other in others {
          lines.append("  \(other.nodeA ?? other.valueA)  \(ValueDifference.text(other.maxAbsError))")
        }
      }
    } else {
      let largest = nodes.compactMap(\.maxAbsError).max() ?? 0
      lines.append(
        "same under \(tolerance): \(nodes.count) values, the largest error \(ValueDifference.text(largest))")
      let outside = nodes.count { !$0.same }
      if outside > 0 {
        lines.append(
          "  of these \(outside) are outside, since small errors add up: given the first model's values, every part of the "
            + "second makes the same of them")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ValueDifference {
  fileprivate var lines: [String] {
    var lines = [
      "  node   \(nodeA ?? "–") (\(self.operator ?? "input")) and \(nodeB ?? "–")",
      "  value  \(valueA) and \(valueB), matched by \(matchedBy)",
    ]
    if let reason { lines.append("  error  \(reason)") }
    if maxAbsError != nil, violations > 0 || reason == nil {
      let shape = shape.map(String.init).joined(separator: "×")
      lines.append(
        "  error  at most \(ValueDifference.text(maxAbsError)); \(violations) elements of \(shape) are outside")
    }
    lines.append(originates == true ? "  the difference begins here" : "  the difference is passed on from its inputs")
    if isolatedMaxAbsError != nil {
      lines.append("  alone  \(ValueDifference.text(isolatedMaxAbsError)) where it gets the first model's values")
    }
    for input in inputs ?? [] {
      let verdict = input.same ? "within the tolerance" : "outside"
      lines.append("  input  \(input.valueA)  \(ValueDifference.text(input.maxAbsError))  \(verdict)")
    }
    return lines
  }

  fileprivate static func text(_ error: Double?) -> String {
    error.map { String(format: "%.3g", $0) } ?? "not comparable"
  }
}
