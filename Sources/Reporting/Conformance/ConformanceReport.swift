public import Conformance

/// How conformance cases ended, for people and for programs.
public struct ConformanceReport: Encodable, Sendable {
  public enum Status: String, Encodable, Sendable {
    case pass
    case fail
    case unsupported
  }

  public struct Case: Encodable, Sendable {
    public let name: String
    public let operators: [String]
    public let opset: Int?
    public let status: Status
    public let maxError: Double?
    /// What differs or is not implemented; nil where the case passes.
    public let reason: String?
    public let seconds: Double
  }

  public struct Summary: Encodable, Sendable, Hashable {
    public var pass = 0
    public var fail = 0
    public var unsupported = 0
  }

  public let cases: [Case]
  public let summary: Summary

  /// What is not as the manifest says; nil where there is none to compare with.
  public let deviations: [String]?

  /// - Parameter manifest: what is expected; nil where nothing is.
  public init(_ results: [ConformanceResult], manifest: ConformanceManifest? = nil) {
    cases = results.map(Case.init)
    summary = Summary(cases.map(\.status))
    deviations = manifest?.deviations(of: results)
  }

  /// Whether all is well: as the manifest says, or without one no case failed.
  public var holds: Bool { deviations?.isEmpty ?? (summary.fail == 0) }

  /// The numbers of cases that each operator stands in, by its name.
  public var byOperator: [(name: String, summary: Summary)] {
    var statuses: [String: [Status]] = [:]
    for item in cases {
      for name in item.operators { statuses[name, default: []].append(item.status) }
    }
    return statuses.sorted { $0.key < $1.key }.map { ($0.key, Summary($0.value)) }
  }
}

extension ConformanceReport.Summary {
  init(_ statuses: [ConformanceReport.Status]) {
    for status in statuses {
      switch status {
      case .pass: pass += 1
      case .fail: fail += 1
      case .unsupported: unsupported += 1
      }
    }
  }
}

extension ConformanceReport.Case {
  init(_ result: ConformanceResult) {
    name = result.case.name
    operators = result.details.operators
    opset = result.details.opset
    maxError = result.details.maxError
    seconds = result.seconds
    switch result.outcome {
    case .passed:
      status = .pass
      reason = nil
    case .failed(let message):
      status = .fail
      reason = message
    case .unsupported(_, let message):
      status = .unsupported
      reason = message
    }
  }
}
