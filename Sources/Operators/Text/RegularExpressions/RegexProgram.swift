/// A regular expression as a program that follows all its paths through a text at once.
///
/// Each step of the program is entered at most once for each scalar of the text.
///
/// - Source: K. Thompson, "Regular expression search algorithm", 1968.
struct RegexProgram: Sendable {
  private enum Instruction: Sendable {
    case accept
    case scalar(ScalarSet)
    case assertion(RegexAssertion)
    case jump(Int)
    /// Goes on at both.
    case split(Int, Int)
  }

  private var instructions: [Instruction] = []

  /// What is left of the most parts that an expression may have, those that repetitions copy counted each time.
  private var budget = RegexProgram.partLimit

  private static let partLimit = 20_000

  /// - Throws: `malformed` for what RE2 refuses, `unsupported` for what is left out, `resourceLimit` for an expression
  ///   that is too large.
  init(_ pattern: String) throws(OperatorError) {
    try append(RegexParser.parse(pattern))
    instructions.append(.accept)
  }

  private mutating func append(_ node: RegexNode) throws(OperatorError) {
    budget -= 1
    guard budget >= 0 else {
      throw .init(.resourceLimit, "has more than \(Self.partLimit) parts with its repetitions written out")
    }
    switch node {
    case .scalar(let set): instructions.append(.scalar(set))
    case .assertion(let assertion): instructions.append(.assertion(assertion))
    case .sequence(let nodes): for node in nodes { try append(node) }
    case .choice(let nodes): try append(choice: nodes[...])
    case .repetition(let node, let minimum, let maximum):
      for _ in 0..<minimum { try append(node) }
      if let maximum {
        for _ in minimum..<maximum { try append(optional: node) }
      } else {
        let start = instructions.count
        instructions.append(.accept)
        try append(node)
        instructions.append(.jump(start))
        instructions[start] = .split(start + 1, instructions.count)
      }
    }
  }

  private mutating func append(optional node: RegexNode) throws(OperatorError) {
    let start = instructions.count
    instructions.append(.accept)
    try append(node)
    instructions[start] = .split(start + 1, instructions.count)
  }

  private mutating func append(choice nodes: ArraySlice<RegexNode>) throws(OperatorError) {
    var ends: [Int] = []
    for (place, node) in nodes.enumerated() {
      let start = instructions.count
      let isLast = place == nodes.count - 1
      if !isLast { instructions.append(.accept) }
      try append(node)
      if isLast { continue }
      ends.append(instructions.count)
      instructions.append(.accept)
      instructions[start] = .split(start + 1, instructions.count)
    }
    for end in ends { instructions[end] = .jump(instructions.count) }
  }

  /// Whether the whole text matches.
  ///
  /// Complexity: the text's length times the program's.
  func matches(_ text: String) -> Bool {
    var current = Threads(count: instructions.count)
    var next = Threads(count: instructions.count)
    var before: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    var behind = scalars.next()
    enter(0, &current, before, behind)
    while let scalar = behind {
      if current.list.isEmpty { return false }
      before = scalar
      behind = scalars.next()
      next.clear()
      for place in current.list {
        if case .scalar(let set) = instructions[place], set.contains(scalar) { enter(place + 1, &next, before, behind) }
      }
      swap(&current, &next)
    }
    return current.list.contains { if case .accept = instructions[$0] { true } else { false } }
  }

  /// Adds a place of the program, and those that it leads to without a scalar.
  private func enter(
    _ place: Int, _ threads: inout Threads, _ before: Unicode.Scalar?, _ behind: Unicode.Scalar?
  ) {
    var pending = [place]
    while let place = pending.popLast() {
      guard threads.insert(place) else { continue }
      switch instructions[place] {
      case .jump(let target): pending.append(target)
      case .split(let first, let second): pending.append(contentsOf: [second, first])
      case .assertion(let assertion): if assertion.holds(between: before, and: behind) { pending.append(place + 1) }
      case .scalar, .accept: break
      }
    }
  }

  /// A set of places in the program.
  private struct Threads {
    private(set) var list: [Int] = []
    private var isThere: [Bool]

    init(count: Int) { isThere = [Bool](repeating: false, count: count) }

    /// False where the place is there already.
    mutating func insert(_ place: Int) -> Bool {
      if isThere[place] { return false }
      isThere[place] = true
      list.append(place)
      return true
    }

    mutating func clear() {
      for place in list { isThere[place] = false }
      list.removeAll(keepingCapacity: true)
    }
  }
}
