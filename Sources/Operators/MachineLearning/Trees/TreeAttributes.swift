/// The trees of TreeEnsembleClassifier and TreeEnsembleRegressor, whose nodes go by the numbers of tree and node.
struct TreeAttributes {
  private struct Key: Hashable {
    let tree: Int
    let node: Int
  }

  /// The attributes that say how much a leaf votes for what: `class_…` or `target_…`.
  let votes: String

  /// Reads and checks the attributes.
  func forest(_ node: NodeDescription, targetCount: Int) throws(OperatorError) -> DecisionForest {
    let trees = try node.list("nodes_treeids")
    let count = trees.count
    let numbers = try node.list("nodes_nodeids")
    let features = try node.list("nodes_featureids")
    let modes = try node.strings("nodes_modes") ?? []
    let thresholds = try Self.weights(node, "nodes_values") ?? []
    let (onTrue, onFalse) = (try node.list("nodes_truenodeids"), try node.list("nodes_falsenodeids"))
    let missing = try node.ints("nodes_missing_value_tracks_true") ?? [Int](repeating: 0, count: count)
    let lengths = [
      numbers.count, features.count, modes.count, thresholds.count, onTrue.count, onFalse.count, missing.count,
    ]
    guard lengths.allSatisfy({ $0 == count }) else {
      throw .malformed("the attributes nodes_… do not all have \(count) elements")
    }

    // Branches and leaves are numbered on their own.
    var places: [Key: DecisionForest.Child] = [:]
    var roots: [DecisionForest.Child] = []
    var seenTrees: Set<Int> = []
    var (branchCount, leafCount) = (0, 0)
    for index in 0..<count {
      let isLeaf = modes[index] == "LEAF"
      let place = isLeaf ? DecisionForest.Child.leaf(leafCount) : .branch(branchCount)
      if isLeaf { leafCount += 1 } else { branchCount += 1 }
      let key = Key(tree: trees[index], node: numbers[index])
      guard places.updateValue(place, forKey: key) == nil else {
        throw .malformed("node \(key.node) stands twice in tree \(key.tree)")
      }
      // A tree begins at the first of its nodes.
      if seenTrees.insert(trees[index]).inserted { roots.append(place) }
    }
    func child(_ tree: Int, _ number: Int) throws(OperatorError) -> DecisionForest.Child {
      guard let place = places[Key(tree: tree, node: number)] else {
        throw .malformed("there is no node \(number) in tree \(tree)")
      }
      return place
    }
    var branches: [DecisionForest.Branch] = []
    for index in 0..<count where modes[index] != "LEAF" {
      guard let comparison = Self.comparison(modes[index]) else {
        throw .malformed("nodes_modes has '\(modes[index])', which there is not")
      }
      branches.append(
        .init(
          feature: features[index], comparison: comparison, threshold: thresholds[index],
          acceptsMissing: missing[index] != 0, onTrue: try child(trees[index], onTrue[index]),
          onFalse: try child(trees[index], onFalse[index])))
    }

    let voteTrees = try node.list("\(votes)_treeids")
    let voteNodes = try node.list("\(votes)_nodeids")
    let targets = try node.list("\(votes)_ids")
    guard let weights = try Self.weights(node, "\(votes)_weights"),
      [voteNodes.count, targets.count, weights.count].allSatisfy({ $0 == voteTrees.count })
    else { throw .malformed("the attributes \(votes)_… do not all have \(voteTrees.count) elements") }
    var leaves = [[DecisionForest.Vote]](repeating: [], count: leafCount)
    for index in voteTrees.indices {
      // What stands at a branch is never counted.
      guard case .leaf(let leaf) = try child(voteTrees[index], voteNodes[index]) else { continue }
      leaves[leaf].append(.init(target: targets[index], weight: weights[index]))
    }
    return try DecisionForest(branches: branches, leaves: leaves, roots: roots, targetCount: targetCount)
  }

  /// A list of floats, or of doubles as a tensor; nil where neither is there.
  static func weights(_ node: NodeDescription, _ name: String) throws(OperatorError) -> [Double]? {
    if let values = try node.floats(name) { return values.map { Double($0) } }
    return try node.numbers("\(name)_as_tensor")
  }

  private static func comparison(_ name: String) -> DecisionForest.Comparison? {
    switch name {
    case "BRANCH_LEQ": .lessOrEqual
    case "BRANCH_LT": .less
    case "BRANCH_GTE": .greaterOrEqual
    case "BRANCH_GT": .greater
    case "BRANCH_EQ": .equal
    case "BRANCH_NEQ": .notEqual
    default: nil
    }
  }
}
