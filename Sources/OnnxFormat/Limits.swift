/// What a model file may ask for. A file beyond a limit is refused with `FaultKind.resourceLimit` before the memory is
/// taken.
///
/// As JSON, an object that names only the limits to change: `{"maximumDepth": 50}`. An unknown name is an error.
public struct Limits: Sendable, Hashable {
  /// The longest model file, external data file or tensor file, in bytes.
  public var maximumFileBytes = 1 << 36

  /// How deep messages may stand in one another. A graph in a node's attribute is three deeper than its own graph.
  public var maximumDepth = 100

  /// The most fields in a file, list elements that stand singly included.
  public var maximumFieldCount = 20_000_000

  /// The most messages in a file: nodes, attributes, tensors, declared types, notes.
  public var maximumMessageCount = 2_000_000

  /// The most memory for the unpacked file in bytes. Raw data, external data and long lists of floats stay in their
  /// files and are not counted.
  public var unpackingBudget = 1 << 31

  /// The most elements of one tensor.
  public var maximumTensorElements = 1 << 34

  /// The most files of external data that one model may name.
  public var maximumExternalFiles = 10_000

  /// The most nodes that the calls of the model's own functions may expand to.
  public var maximumInlinedNodes = 1_000_000

  /// The most rounds that the loops of one run may take together.
  public var maximumIterations = 1 << 20

  /// Whether a file of external data may have a second name. Off, since a hard link reaches files outside of the
  /// model's folder.
  public var allowsHardLinks = false

  public init() {}

  public static let `default` = Limits()
}

extension Limits: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case maximumFileBytes, maximumDepth, maximumFieldCount, maximumMessageCount, unpackingBudget
    case maximumTensorElements, maximumExternalFiles, maximumInlinedNodes, maximumIterations, allowsHardLinks
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// - Throws: `DecodingError` for a name that is no limit, a negative number, or a value of another type.
  public init(from decoder: any Decoder) throws {
    for key in try decoder.container(keyedBy: AnyKey.self).allKeys
    where CodingKeys(stringValue: key.stringValue) == nil {
      let known = CodingKeys.allCases.map(\.stringValue).joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no limit is named '\(key.stringValue)': use \(known)"))
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func limit(_ key: CodingKeys, _ standard: Int) throws -> Int {
      guard let value = try container.decodeIfPresent(Int.self, forKey: key) else { return standard }
      guard value >= 0 else {
        throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "a limit is not negative")
      }
      return value
    }
    let standard = Limits.default
    maximumFileBytes = try limit(.maximumFileBytes, standard.maximumFileBytes)
    maximumDepth = min(try limit(.maximumDepth, standard.maximumDepth), Limits.greatestDepth)
    maximumFieldCount = try limit(.maximumFieldCount, standard.maximumFieldCount)
    maximumMessageCount = try limit(.maximumMessageCount, standard.maximumMessageCount)
    unpackingBudget = try limit(.unpackingBudget, standard.unpackingBudget)
    maximumTensorElements = try limit(.maximumTensorElements, standard.maximumTensorElements)
    maximumExternalFiles = try limit(.maximumExternalFiles, standard.maximumExternalFiles)
    maximumInlinedNodes = try limit(.maximumInlinedNodes, standard.maximumInlinedNodes)
    maximumIterations = try limit(.maximumIterations, standard.maximumIterations)
    allowsHardLinks = try container.decodeIfPresent(Bool.self, forKey: .allowsHardLinks) ?? standard.allowsHardLinks
  }

  /// The depth that no setting passes: messages are unpacked by recursion, and a thread's stack is finite.
  static let greatestDepth = 200
}
