import Tensors

/// Sums, means or extrema of the weights of the leaves that trees lead an example to: [N, F] gives [N, n_targets].
///
/// - Source: ONNX operator TreeEnsemble of ai.onnx.ml 5.
struct TreeEnsemble: Operator {
  private let forest: DecisionForest
  private let aggregation: DecisionForest.Aggregation
  private let transform: PostTransform

  init(_ node: NodeDescription) throws(OperatorError) {
    let number = try node.int("aggregate_function") ?? DecisionForest.Aggregation.sum.rawValue
    guard let aggregation = DecisionForest.Aggregation(rawValue: number) else {
      throw .malformed("aggregate_function is \(number), not 0 to 3")
    }
    self.aggregation = aggregation
    transform = try PostTransform(number: try node.int("post_transform") ?? 0)
    forest = try Self.forest(node)
    try transform.requireSeveral(forest.targetCount)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    guard x.elementType.isFloatingPoint, x.shape.rank == 2, x.shape[1] >= forest.featureCount else {
      throw OperatorError.mismatched(
        "X is of \(x.elementType) and shape \(x.shape); N rows of \(forest.featureCount) features are expected")
    }
    let elements = try x.doubles()
    let (rowCount, width, count) = (x.shape[0], x.shape[1], forest.targetCount)
    let scores = try Tensor(try Shape([rowCount, count]), of: Double.self, allocator: context.allocator) { result in
      for row in 0..<rowCount {
        let scores = forest.scores(for: elements[row * width..<(row + 1) * width], aggregation)
        for (target, score) in transform.applied(to: scores.map { $0 ?? 0 }).enumerated() {
          result[row * count + target] = score
        }
      }
    }
    return [try scores.converted(to: x.elementType, context)]
  }

  private static func forest(_ node: NodeDescription) throws(OperatorError) -> DecisionForest {
    let features = try node.list("nodes_featureids")
    let count = features.count
    let modes = try node.numbers("nodes_modes") ?? []
    let thresholds = try node.numbers("nodes_splits") ?? []
    let missing = try node.ints("nodes_missing_value_tracks_true") ?? [Int](repeating: 0, count: count)
    let (onTrue, onFalse) = (try children(node, "true"), try children(node, "false"))
    guard [modes.count, thresholds.count, missing.count, onTrue.count, onFalse.count].allSatisfy({ $0 == count }) else {
      throw .malformed("the attributes nodes_… do not all have \(count) elements")
    }
    var lists = (try node.numbers("membership_values") ?? []).split(omittingEmptySubsequences: false) { $0.isNaN }
    // A NaN ends the last list as well.
    if lists.last?.isEmpty == true { lists.removeLast() }
    var sets = lists.makeIterator()
    var branches: [DecisionForest.Branch] = []
    for index in 0..<count {
      guard let mode = Int(exactly: modes[index]), let comparison = DecisionForest.Comparison(rawValue: mode) else {
        throw .malformed("nodes_modes has \(modes[index]), not a number from 0 to 6")
      }
      var branch = DecisionForest.Branch(
        feature: features[index], comparison: comparison, threshold: thresholds[index],
        acceptsMissing: missing[index] != 0, onTrue: onTrue[index], onFalse: onFalse[index])
      if comparison == .member {
        guard let members = sets.next() else {
          throw .malformed("membership_values have fewer sets than there are nodes that ask for one")
        }
        branch.members = Array(members)
      }
      branches.append(branch)
    }
    let targets = try node.list("leaf_targetids")
    guard let weights = try node.numbers("leaf_weights"), weights.count == targets.count else {
      throw .malformed("leaf_weights and leaf_targetids are not as many")
    }
    return try DecisionForest(
      branches: branches, leaves: zip(targets, weights).map { [.init(target: $0, weight: $1)] },
      roots: try node.list("tree_roots").map { .branch($0) }, targetCount: try node.int("n_targets") ?? 1)
  }

  /// The children of the nodes on one side, `true` or `false`.
  private static func children(
    _ node: NodeDescription, _ side: String
  ) throws(OperatorError) -> [DecisionForest.Child] {
    let indices = try node.list("nodes_\(side)nodeids")
    let areLeaves = try node.list("nodes_\(side)leafs")
    guard indices.count == areLeaves.count else {
      throw .malformed("nodes_\(side)nodeids and nodes_\(side)leafs are not as many")
    }
    return zip(indices, areLeaves).map { $1 == 0 ? .branch($0) : .leaf($0) }
  }
}

extension NodeDescription {
  /// A list of integers that has to be there.
  func list(_ name: String) throws(OperatorError) -> [Int] {
    guard let values = try ints(name) else { throw .malformed("attribute \(name) is missing") }
    return values
  }

  /// The elements of a numeric tensor; nil where it is left out.
  func numbers(_ name: String) throws(OperatorError) -> [Double]? {
    guard let tensor = try tensor(name) else { return nil }
    do { return try tensor.doubles() } catch { throw .malformed("attribute \(name) is of \(tensor.elementType)") }
  }
}
