/// What is expected of each case: that it passes, what it needs that is not implemented, or why another result than
/// the suite's is right.
///
/// As text: a line a case, its name and `pass`, or `unsupported` and what is, or `differs` and why, separated by tabs.
/// Lines that begin with `#` and empty lines are ignored.
public struct ConformanceManifest: Sendable, Equatable {
  public enum Expectation: Sendable, Hashable {
    case passes
    case isUnsupported(what: String)
    case differs(why: String)
  }

  public var expectations: [String: Expectation]

  public init(expectations: [String: Expectation]) { self.expectations = expectations }

  /// Reads the text; nil where a line is none of those described.
  public init?(text: String) {
    expectations = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let expectation: Expectation
      switch (fields.count, fields.dropFirst().first) {
      case (2, "pass"): expectation = .passes
      case (3, "unsupported"): expectation = .isUnsupported(what: fields[2])
      case (3, "differs"): expectation = .differs(why: fields[2])
      default: return nil
      }
      guard expectations.updateValue(expectation, forKey: fields[0]) == nil else { return nil }
    }
  }

  /// The expectations that the outcomes bear out. A case that failed is left out, unless this manifest says why it
  /// differs: a failure is expected only after it was looked into.
  public func updated(with results: [ConformanceResult]) -> ConformanceManifest {
    var updated: [String: Expectation] = [:]
    for result in results {
      let name = result.case.name
      switch result.outcome {
      case .passed: updated[name] = .passes
      case .unsupported(let what, _): updated[name] = .isUnsupported(what: what)
      case .failed: if case .differs? = expectations[name] { updated[name] = expectations[name] }
      }
    }
    return ConformanceManifest(expectations: updated)
  }

  /// The manifest as text, sorted by name.
  public var text: String {
    expectations.sorted { $0.key < $1.key }.map { name, expectation in
      switch expectation {
      case .passes: "\(name)\tpass\n"
      case .isUnsupported(let what): "\(name)\tunsupported\t\(what)\n"
      case .differs(let why): "\(name)\tdiffers\t\(why)\n"
      }
    }.joined()
  }

  /// What differs from the manifest, a line each: cases that did not end as expected, that it does not know, and, where
  /// `isWhole`, those that did not run.
  public func deviations(of results: [ConformanceResult], isWhole: Bool = true) -> [String] {
    var deviations: [String] = []
    for result in results {
      let name = result.case.name
      switch (result.outcome, expectations[name]) {
      case (.failed, .differs): break
      case (.failed(let message), _): deviations.append("\(name): \(message)")
      case (.passed, .passes): break
      case (.passed, _): deviations.append("\(name): passes, which the manifest does not say")
      case (.unsupported(let what, _), .isUnsupported(let expected)) where what == expected: break
      case (.unsupported(let what, let message), _):
        deviations.append("\(name): unsupported (\(what)): \(message)")
      }
    }
    if isWhole {
      let run = Set(results.map(\.case.name))
      deviations += expectations.keys.filter { !run.contains($0) }.sorted().map { "\($0): is not in the suite" }
    }
    return deviations
  }
}
