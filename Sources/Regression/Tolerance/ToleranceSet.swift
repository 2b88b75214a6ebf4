import Foundation
import Tensors

/// A tolerance for each value of a network: a profile's, and others for values of certain names.
///
/// As JSON: `{"profile": "fp16", "values": [{"name": "/layer4/*", "atol": 1e-3, "rtol": 0.02}]}`. Of the entries whose
/// name fits, the first counts; what it leaves out of `atol`, `rtol`, `scaled`, `violation_share` and `cosine` is as in
/// the profile. In names `*` stands for any characters, also none, and `?` for one.
public struct ToleranceSet: Sendable, Hashable {
  public let profile: ToleranceProfile

  let rules: [Rule]

  struct Rule: Sendable, Hashable {
    let name: String
    let atol: Double?
    let rtol: Double?
    let scaled: Double?
    let violationShare: Double?
    let cosine: Double?

    /// Whether any number is negative or not a number.
    var isSane: Bool {
      [atol, rtol, scaled, violationShare].allSatisfy { $0.map { $0.isFinite && $0 >= 0 } ?? true }
        && (violationShare ?? 0) <= 1 && (cosine.map { (-1...1).contains($0) } ?? true)
    }
  }

  /// The same tolerance for all values.
  public init(_ profile: ToleranceProfile) {
    self.profile = profile
    rules = []
  }

  /// The profile of that name, or else what the JSON file there says.
  ///
  /// - Throws: `FileError` where the file cannot be read, `RegressionError` where it says something else.
  public init(named name: String) throws {
    if let profile = ToleranceProfile(rawValue: name) {
      self.init(profile)
      return
    }
    guard let data = FileManager.default.contents(atPath: name) else {
      let profiles = ToleranceProfile.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError(.inputOutput, path: name, "is neither a file that can be read nor one of \(profiles)")
    }
    do {
      self = try Golden.decoder.decode(ToleranceSet.self, from: data)
    } catch let error as DecodingError {
      throw RegressionError(.malformed, "\(name) holds no tolerances: \(error.explanation)")
    }
  }

  /// The tolerance of a value.
  public func tolerance(for value: String) -> ValueTolerance {
    var tolerance = profile.tolerance
    guard let rule = rules.first(where: { Wildcard.matches(value, pattern: $0.name) }) else { return tolerance }
    if rule.atol != nil || rule.rtol != nil || rule.scaled != nil { tolerance.requiresSameBits = false }
    tolerance.absolute = rule.atol ?? tolerance.absolute
    tolerance.relative = rule.rtol ?? tolerance.relative
    tolerance.scaled = rule.scaled ?? tolerance.scaled
    tolerance.violationShare = rule.violationShare ?? tolerance.violationShare
    tolerance.cosine = rule.cosine ?? tolerance.cosine
    return tolerance
  }

  /// The profile's name, and that there are exceptions where there are.
  public var summary: String { rules.isEmpty ? profile.rawValue : "\(profile.rawValue) with exceptions" }
}

extension ToleranceSet: Codable {
  private enum CodingKeys: String, CodingKey { case profile, values }

  public init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(besides: ["profile", "values"])
    let container = try decoder.container(keyedBy: CodingKeys.self)
    profile = try container.decodeIfPresent(ToleranceProfile.self, forKey: .profile) ?? .fp32Reexport
    rules = try container.decodeIfPresent([Rule].self, forKey: .values) ?? []
    if let rule = rules.first(where: { !$0.isSane }) {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: container,
        debugDescription: "the tolerance of '\(rule.name)' has a number that is none: negative, or a share above 1")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(profile, forKey: .profile)
    if !rules.isEmpty { try container.encode(rules, forKey: .values) }
  }
}

extension ToleranceProfile: Codable {}

extension ToleranceSet.Rule: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case name, atol, rtol, scaled, violationShare, cosine }

  init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(besides: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    atol = try container.decodeIfPresent(Double.self, forKey: .atol)
    rtol = try container.decodeIfPresent(Double.self, forKey: .rtol)
    scaled = try container.decodeIfPresent(Double.self, forKey: .scaled)
    violationShare = try container.decodeIfPresent(Double.self, forKey: .violationShare)
    cosine = try container.decodeIfPresent(Double.self, forKey: .cosine)
  }
}

/// A key of any name.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// Refuses an object with a key that is not known: a mistyped one would be left out without a word.
  ///
  /// - Parameter known: in camel case, as keys in snake case are decoded.
  fileprivate func refuseKeys(besides known: [String]) throws {
    let container = try container(keyedBy: AnyKey.self)
    guard let unknown = container.allKeys.map(\.stringValue).sorted().first(where: { !known.contains($0) }) else {
      return
    }
    let names = known.map { $0 == "violationShare" ? "violation_share" : $0 }
    throw DecodingError.dataCorrupted(
      .init(
        codingPath: codingPath,
        debugDescription: "the key '\(unknown)' is not known; there are \(names.joined(separator: ", "))"))
  }
}

extension DecodingError {
  /// What is wrong and where, as a clause.
  var explanation: String {
    switch self {
    case .keyNotFound(let key, let context):
      // In snake case, as files have it.
      let name = key.stringValue.map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined()
      return Self.clause("the key '\(name)' is missing", context)
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return Self.clause(context.debugDescription, context)
    @unknown default: return "\(self)"
    }
  }

  private static func clause(_ text: String, _ context: Context) -> String {
    let text = text.hasSuffix(".") ? String(text.dropLast()) : text
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? text : "\(text) (at \(path))"
  }
}
