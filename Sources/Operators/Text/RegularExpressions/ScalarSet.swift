/// A set of Unicode scalars: a character class of a regular expression.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []

  /// General categories by the short names of Unicode, such as `Lu`, or `L` for all that begin so.
  var categories: [String] = []

  /// Sets whose scalars are in this one as well.
  var members: [ScalarSet] = []

  /// Whether the set is of all scalars that the rest does not name.
  var isNegated = false

  /// Whether a scalar counts as named where its lower or upper case is.
  var ignoresCase = false

  static let digit = ScalarSet(ranges: [0x30...0x39])
  static let space = ScalarSet(ranges: [0x09...0x0a, 0x0c...0x0d, 0x20...0x20])
  static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a])

  static func single(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar.value...scalar.value]) }

  var negated: ScalarSet {
    var set = self
    set.isNegated.toggle()
    return set
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let isNamed =
      names(scalar)
      || (ignoresCase
        && (Self.single(scalar.properties.lowercaseMapping).map { names($0) } ?? false
          || Self.single(scalar.properties.uppercaseMapping).map { names($0) } ?? false))
    return isNamed != isNegated
  }

  private func names(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) }
      || (!categories.isEmpty && categories.contains { scalar.properties.generalCategory.shortName.hasPrefix($0) })
      || members.contains { $0.contains(scalar) }
  }

  /// The only scalar of a text; nil where it has none or several.
  private static func single(_ text: String) -> Unicode.Scalar? {
    text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
  }
}

extension ScalarSet {
  /// The class that POSIX calls `name`, such as `alpha`, of ASCII alone.
  init?(posixName name: String) {
    switch name {
    case "alnum": ranges = [0x30...0x39, 0x41...0x5a, 0x61...0x7a]
    case "alpha": ranges = [0x41...0x5a, 0x61...0x7a]
    case "ascii": ranges = [0...0x7f]
    case "blank": ranges = [0x09...0x09, 0x20...0x20]
    case "cntrl": ranges = [0...0x1f, 0x7f...0x7f]
    case "digit": ranges = [0x30...0x39]
    case "graph": ranges = [0x21...0x7e]
    case "lower": ranges = [0x61...0x7a]
    case "print": ranges = [0x20...0x7e]
    case "punct": ranges = [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e]
    case "space": ranges = [0x09...0x0d, 0x20...0x20]
    case "upper": ranges = [0x41...0x5a]
    case "word": ranges = [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a]
    case "xdigit": ranges = [0x30...0x39, 0x41...0x46, 0x61...0x66]
    default: return nil
    }
  }

  /// The general category of a short name; nil for all other names, such as those of scripts.
  init?(categoryName name: String) {
    let short = [
      "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
      "No",
      "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ]
    if name == "Any" {
      ranges = [0...0x10ffff]
    } else if short.contains(name) {
      categories = [name]
    } else {
      return nil
    }
  }
}

extension Unicode.GeneralCategory {
  /// Unicode's abbreviation.
  fileprivate var shortName: String {
    switch self {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
