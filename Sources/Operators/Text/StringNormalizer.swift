import Tensors

/// The strings of a list [C] or [1, C] without the stop words, in upper or lower case; one empty string where none is
/// left.
///
/// Case is changed by the Unicode mappings that hold for all languages; languages with mappings of their own are refused.
///
/// - Source: ONNX operator StringNormalizer 10.
struct StringNormalizer: Operator {
  private enum CaseChange: String {
    case none = "NONE"
    case lower = "LOWER"
    case upper = "UPPER"
  }

  private let change: CaseChange
  private let isCaseSensitive: Bool

  /// By their bytes; in lower case unless case matters.
  private let stopWords: Set<[UInt8]>

  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("case_change_action") ?? CaseChange.none.rawValue
    guard let change = CaseChange(rawValue: name) else {
      throw .malformed("case_change_action is '\(name)', not LOWER, UPPER or NONE")
    }
    let isCaseSensitive = try node.flag("is_case_sensitive")
    let locale = try node.string("locale") ?? ""
    let language = locale.prefix { $0 != "_" && $0 != "-" && $0 != "." }
    if ["az", "el", "lt", "tr"].contains(language), change != .none || !isCaseSensitive {
      throw .unsupported("locale '\(locale)', which changes case by rules of its own")
    }
    self.change = change
    self.isCaseSensitive = isCaseSensitive
    stopWords = Set((try node.strings("stopwords") ?? []).map { Self.key(of: $0, isCaseSensitive) })
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    try x.requireType(.string, named: "X")
    guard x.shape.rank == 1 || (x.shape.rank == 2 && x.shape[0] == 1) else {
      throw OperatorError.mismatched("X has shape \(x.shape); [C] or [1×C] is expected")
    }
    let kept = x.strings.filter { !stopWords.contains(Self.key(of: $0, isCaseSensitive)) }
    let changed = kept.map { text in
      switch change {
      case .none: text
      case .lower: text.lowercased()
      case .upper: text.uppercased()
      }
    }
    let result = changed.isEmpty ? [""] : changed
    return [Tensor(try Shape(x.shape.dimensions.dropLast() + [result.count]), strings: result)]
  }

  private static func key(of text: String, _ isCaseSensitive: Bool) -> [UInt8] {
    Array((isCaseSensitive ? text : text.lowercased()).utf8)
  }
}
