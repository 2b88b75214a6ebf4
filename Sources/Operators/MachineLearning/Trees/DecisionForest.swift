/// Trees of comparisons that lead an example to leaves, each of which gives weights to targets.
struct DecisionForest: Sendable {
  /// What a branch asks of a feature. The raw values are those of TreeEnsemble's `nodes_modes`.
  enum Comparison: Int, Sendable {
    case lessOrEqual, less, greaterOrEqual, greater, equal, notEqual, member
  }

  /// Where a branch leads to: the index of a branch or of a leaf.
  enum Child: Sendable {
    case branch(Int)
    case leaf(Int)
  }

  struct Branch: Sendable {
    var feature: Int
    var comparison: Comparison
    var threshold: Double
    /// What the feature is compared with by `member`.
    var members: [Double] = []
    /// Whether NaN passes any comparison. Without it NaN passes `notEqual` alone.
    var acceptsMissing: Bool
    var onTrue: Child
    var onFalse: Child

    func accepts(_ value: Double) -> Bool {
      if acceptsMissing, value.isNaN { return true }
      return switch comparison {
      case .lessOrEqual: value <= threshold
      case .less: value < threshold
      case .greaterOrEqual: value >= threshold
      case .greater: value > threshold
      case .equal: value == threshold
      case .notEqual: value != threshold
      case .member: members.contains(value)
      }
    }
  }

  struct Vote: Sendable {
    let target: Int
    let weight: Double
  }

  private let branches: [Branch]

  /// The votes of each leaf.
  private let leaves: [[Vote]]

  /// Where each tree begins.
  let roots: [Child]

  let targetCount: Int

  /// How many features an example needs to have.
  let featureCount: Int

  /// Checks the trees.
  ///
  /// - Throws: `malformed` where a child, feature or target is not there, or a branch leads back to itself.
  init(branches: [Branch], leaves: [[Vote]], roots: [Child], targetCount: Int) throws(OperatorError) {
    guard targetCount >= 1, targetCount <= Int(Int32.max) else { throw .malformed("trees for \(targetCount) targets") }
    func check(_ child: Child) throws(OperatorError) {
      switch child {
      case .branch(let index):
        guard branches.indices.contains(index) else { throw .malformed("there is no node \(index) in the trees") }
      case .leaf(let index):
        guard leaves.indices.contains(index) else { throw .malformed("there is no leaf \(index) in the trees") }
      }
    }
    for branch in branches {
      try check(branch.onTrue)
      try check(branch.onFalse)
      guard branch.feature >= 0, branch.feature < Int(Int32.max) else {
        throw .malformed("a tree compares the feature \(branch.feature)")
      }
    }
    for root in roots { try check(root) }
    for vote in leaves.joined() {
      guard vote.target >= 0, vote.target < targetCount else {
        throw .malformed("a leaf is for the target \(vote.target) of \(targetCount)")
      }
    }
    guard !Self.haveCycle(branches) else { throw .malformed("a branch of the trees leads back to itself") }
    self.branches = branches
    self.leaves = leaves
    self.roots = roots
    self.targetCount = targetCount
    featureCount = (branches.map(\.feature).max() ?? -1) + 1
  }

  /// Whether a way along the branches comes back to where it has been. Looks at each branch once.
  private static func haveCycle(_ branches: [Branch]) -> Bool {
    // How many branches lead to each; those to which none leads are taken away again and again.
    var arrivals = [Int](repeating: 0, count: branches.count)
    func forEachChild(of branch: Branch, _ body: (Int) -> Void) {
      for child in [branch.onTrue, branch.onFalse] { if case .branch(let index) = child { body(index) } }
    }
    for branch in branches { forEachChild(of: branch) { arrivals[$0] += 1 } }
    var pending = arrivals.indices.filter { arrivals[$0] == 0 }
    var takenCount = 0
    while let index = pending.popLast() {
      takenCount += 1
      forEachChild(of: branches[index]) { child in
        arrivals[child] -= 1
        if arrivals[child] == 0 { pending.append(child) }
      }
    }
    return takenCount < branches.count
  }

  /// The votes of the leaf that a tree leads an example to.
  ///
  /// - Precondition: there are `featureCount` features.
  func votes(of root: Child, for row: ArraySlice<Double>) -> [Vote] {
    var place = root
    while true {
      switch place {
      case .leaf(let index): return leaves[index]
      case .branch(let index):
        let branch = branches[index]
        place = branch.accepts(row[row.startIndex + branch.feature]) ? branch.onTrue : branch.onFalse
      }
    }
  }
}

extension DecisionForest {
  /// What becomes of a target's weights. The raw values are those of TreeEnsemble's `aggregate_function`.
  enum Aggregation: Int, Sendable {
    case average, sum, minimum, maximum

    init?(name: String) {
      switch name {
      case "AVERAGE": self = .average
      case "SUM": self = .sum
      case "MIN": self = .minimum
      case "MAX": self = .maximum
      default: return nil
      }
    }
  }

  /// The score of each target; nil for one that no leaf votes for.
  func scores(for row: ArraySlice<Double>, _ aggregation: Aggregation) -> [Double?] {
    var scores = [Double?](repeating: nil, count: targetCount)
    for root in roots {
      for vote in votes(of: root, for: row) {
        guard let score = scores[vote.target] else {
          scores[vote.target] = vote.weight
          continue
        }
        scores[vote.target] =
          switch aggregation {
          case .average, .sum: score + vote.weight
          case .minimum: min(score, vote.weight)
          case .maximum: max(score, vote.weight)
          }
      }
    }
    if aggregation == .average { return scores.map { $0.map { $0 / Double(roots.count) } } }
    return scores
  }
}
