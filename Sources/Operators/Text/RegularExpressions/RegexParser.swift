/// Reads a regular expression in the syntax of RE2.
///
/// What is left out is refused by name: single bytes (`\C`) and scripts (`\p{Greek}`). Greedy and lazy repetitions are
/// the same here, since the question is only whether the whole text matches.
///
/// - Source: https://github.com/google/re2/wiki/Syntax
struct RegexParser {
  /// What `(?ims)` sets, for the rest of a group.
  private struct Flags {
    var ignoresCase = false
    var hasLines = false
    var dotIsAny = false
  }

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var flags = Flags()
  private var depth = 0

  /// RE2's own limit is a thousand repetitions; groups are read and compiled recursively.
  private static let repetitionLimit = 1000
  private static let depthLimit = 100

  /// - Throws: `malformed` for what RE2 refuses, `unsupported` for what is left out, `resourceLimit` for groups that are
  ///   nested too deeply.
  static func parse(_ pattern: String) throws(OperatorError) -> RegexNode {
    var parser = RegexParser(scalars: Array(pattern.unicodeScalars))
    let node = try parser.choice()
    guard parser.place == parser.scalars.count else { throw .malformed("a ) has no ( before it") }
    return node
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  // MARK: Reading scalars

  private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private mutating func next(_ expected: String) throws(OperatorError) -> Unicode.Scalar {
    guard let scalar = current else { throw .malformed("ends where \(expected) is expected") }
    place += 1
    return scalar
  }

  /// Goes on behind `text` if it comes next.
  private mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[place...].starts(with: wanted) else { return false }
    place += wanted.count
    return true
  }

  /// The text up to `end`, behind which reading goes on; nil if there is none.
  private mutating func text(before end: Unicode.Scalar) -> String? {
    guard let stop = scalars[place...].firstIndex(of: end) else { return nil }
    defer { place = stop + 1 }
    return Self.text(scalars[place..<stop])
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  // MARK: Expressions

  private mutating func choice() throws(OperatorError) -> RegexNode {
    var branches = [try sequence()]
    while skip("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(OperatorError) -> RegexNode {
    var nodes: [RegexNode] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      if skip("\\Q") {
        while place < scalars.count, !skip("\\E") { nodes.append(.scalar(folded(.single(try next("\\E"))))) }
        try repeatLast(of: &nodes)
      } else if let node = try atom() {
        nodes.append(node)
        try repeatLast(of: &nodes)
      }
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  /// The next part; nil where it only sets flags.
  private mutating func atom() throws(OperatorError) -> RegexNode? {
    switch try next("an expression") {
    case "(": return try group()
    case "[": return .scalar(folded(try bracket()))
    case ".": return .scalar(flags.dotIsAny ? ScalarSet().negated : ScalarSet.single("\n").negated)
    case "^": return .assertion(flags.hasLines ? .lineStart : .textStart)
    case "$": return .assertion(flags.hasLines ? .lineEnd : .textEnd)
    case "*", "+", "?": throw .malformed("a repetition at \(place - 1) has nothing to repeat")
    case "\\": return try escaped()
    case let scalar: return .scalar(folded(.single(scalar)))
    }
  }

  /// Puts the repetition that comes next, if one does, around the last node.
  private mutating func repeatLast(of nodes: inout [RegexNode]) throws(OperatorError) {
    guard let counts = try repetition() else { return }
    guard let last = nodes.popLast() else { throw .malformed("a repetition at \(place) has nothing to repeat") }
    nodes.append(.repetition(last, minimum: counts.minimum, maximum: counts.maximum))
    _ = skip("?")
    let start = place
    guard try repetition() == nil else { throw .malformed("a repetition at \(start) follows another") }
  }

  private mutating func repetition() throws(OperatorError) -> (minimum: Int, maximum: Int?)? {
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    let start = place
    guard skip("{"), let minimum = number() else {
      place = start
      return nil
    }
    var maximum: Int? = minimum
    if skip(",") { maximum = number() }
    guard skip("}") else {
      // Then the brace stands for itself.
      place = start
      return nil
    }
    guard minimum <= Self.repetitionLimit, (maximum ?? minimum) <= Self.repetitionLimit, minimum <= maximum ?? minimum
    else { throw .malformed("a repetition at \(start) is not of 0 to \(Self.repetitionLimit) times in order") }
    return (minimum, maximum)
  }

  /// A decimal number; one that is too large stays above all limits. Nil if none comes next.
  private mutating func number() -> Int? {
    var value: Int?
    while let digit = current, ScalarSet.digit.contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 0x30), 1 << 32)
      place += 1
    }
    return value
  }

  private mutating func group() throws(OperatorError) -> RegexNode? {
    let outer = flags
    if skip("?P<") || skip("?<") {
      guard let name = text(before: ">"), !name.isEmpty, name.unicodeScalars.allSatisfy({ ScalarSet.word.contains($0) })
      else { throw .malformed("a group's name is missing or has other than letters, digits and _") }
    } else if skip("?") {
      if try setFlags() { return nil }
    }
    depth += 1
    guard depth <= Self.depthLimit else {
      throw .init(.resourceLimit, "groups are nested more than \(Self.depthLimit) deep")
    }
    let node = try choice()
    depth -= 1
    guard skip(")") else { throw .malformed("a ( has no ) behind it") }
    flags = outer
    return node
  }

  /// Reads flags up to `)`, for the rest of the group that they stand in, or up to `:`. True for the first.
  private mutating func setFlags() throws(OperatorError) -> Bool {
    var value = true
    while true {
      switch try next("a flag") {
      case "i": flags.ignoresCase = value
      case "m": flags.hasLines = value
      case "s": flags.dotIsAny = value
      case "U": break
      case "-" where value: value = false
      case ":": return false
      case ")": return true
      case let scalar: throw .malformed("'(?\(scalar)' is no group or flag of RE2")
      }
    }
  }

  private func folded(_ set: ScalarSet) -> ScalarSet {
    guard flags.ignoresCase else { return set }
    var set = set
    set.ignoresCase = true
    return set
  }

  // MARK: Escapes

  private mutating func escaped() throws(OperatorError) -> RegexNode {
    switch current {
    case "A":
      place += 1
      return .assertion(.textStart)
    case "z":
      place += 1
      return .assertion(.textEnd)
    case "b":
      place += 1
      return .assertion(.wordBoundary)
    case "B":
      place += 1
      return .assertion(.noWordBoundary)
    default: break
    }
    if let set = try escapedClass() { return .scalar(folded(set)) }
    return .scalar(folded(.single(try escapedScalar())))
  }

  /// A class such as `\d`, of which the backslash is read; nil if none comes next.
  private mutating func escapedClass() throws(OperatorError) -> ScalarSet? {
    guard let letter = current else { return nil }
    let set: ScalarSet
    switch letter {
    case "d", "D": set = .digit
    case "s", "S": set = .space
    case "w", "W": set = .word
    case "p", "P":
      place += 1
      return try property(isNegated: letter == "P")
    default: return nil
    }
    place += 1
    return letter.properties.isUppercase ? set.negated : set
  }

  private mutating func property(isNegated: Bool) throws(OperatorError) -> ScalarSet {
    var name: String
    if skip("{") {
      guard let given = text(before: "}") else { throw .malformed("a { has no } behind it") }
      name = given
    } else {
      name = String(Character(try next("a category's letter")))
    }
    let isInverse = name.hasPrefix("^")
    if isInverse { name.removeFirst() }
    guard let set = ScalarSet(categoryName: name) else { throw .unsupported("the class \\p{\(name)}") }
    return isNegated != isInverse ? set.negated : set
  }

  /// A scalar of which the backslash is read.
  private mutating func escapedScalar() throws(OperatorError) -> Unicode.Scalar {
    let scalar = try next("a character behind the \\")
    switch scalar {
    case "a": return "\u{7}"
    case "f": return "\u{c}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "v": return "\u{b}"
    case "x": return try hexadecimal()
    case "C": throw .unsupported("single bytes (\\C)")
    case "0"..."7":
      guard let value = octal(from: scalar) else { throw .malformed("references such as \\\(scalar) are not in RE2") }
      return value
    default:
      guard scalar.isASCII, !ScalarSet.word.contains(scalar) || scalar == "_" else {
        throw .malformed("\\\(scalar) is no escape of RE2")
      }
      return scalar
    }
  }

  /// Up to three octal digits, the first of which is read; nil for a single digit but 0.
  private mutating func octal(from first: Unicode.Scalar) -> Unicode.Scalar? {
    var value = first.value - 0x30
    var count = 1
    while count < 3, let digit = current, ("0"..."7").contains(digit) {
      value = value * 8 + digit.value - 0x30
      place += 1
      count += 1
    }
    return count == 1 && value != 0 ? nil : Unicode.Scalar(value)
  }

  /// What stands behind `\x`: two digits, or any number in braces.
  private mutating func hexadecimal() throws(OperatorError) -> Unicode.Scalar {
    let digits: String?
    if skip("{") {
      digits = text(before: "}")
    } else {
      let end = min(place + 2, scalars.count)
      digits = end == place + 2 ? Self.text(scalars[place..<end]) : nil
      place = end
    }
    guard let digits, digits.utf8.allSatisfy({ $0 != 0x2b && $0 != 0x2d }), let value = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw .malformed("\\x is not followed by the number of a character") }
    return scalar
  }

  // MARK: Bracket classes

  /// A class whose opening bracket is read.
  private mutating func bracket() throws(OperatorError) -> ScalarSet {
    var set = ScalarSet(isNegated: skip("^"))
    var isFirst = true
    while isFirst || current != "]" {
      isFirst = false
      if skip("[:") {
        set.members.append(try posixClass())
        continue
      }
      if current == "\\", place + 1 < scalars.count {
        place += 1
        if let member = try escapedClass() {
          set.members.append(member)
          continue
        }
        place -= 1
      }
      let low = try bracketScalar()
      var high = low
      // A hyphen before the closing bracket stands for itself.
      if current == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
        place += 1
        high = try bracketScalar()
      }
      guard low <= high else { throw .malformed("the range \(low)-\(high) is not in order") }
      set.ranges.append(low.value...high.value)
    }
    place += 1
    return set
  }

  private mutating func bracketScalar() throws(OperatorError) -> Unicode.Scalar {
    let scalar = try next("a ]")
    return scalar == "\\" ? try escapedScalar() : scalar
  }

  /// A class whose `[:` is read.
  private mutating func posixClass() throws(OperatorError) -> ScalarSet {
    let isNegated = skip("^")
    guard let name = text(before: ":"), skip("]"), let set = ScalarSet(posixName: name) else {
      throw .malformed("[: is not followed by the name of a class and :]")
    }
    return isNegated ? set.negated : set
  }
}
