import Tensors

/// The class that the leaves to which trees lead an example give most weight, and the weights of the classes.
///
/// Where all leaves vote for one class of two, the class wins above 0.5 if no weight is negative, and above 0 elsewhere.
/// If that class is the first by its index, its score s is the second label's all the same, and the first's is 1 − s or −s.
///
/// - Source: ONNX operator TreeEnsembleClassifier of ai.onnx.ml 1, 3 (`…_as_tensor`), 5 (deprecated). What the text leaves
///   open about two classes is as in onnxruntime; where its results contradict the text, the model is refused.
struct TreeEnsembleClassifier: Operator {
  /// How the votes decide.
  private enum Decision: Sendable {
    /// The largest score of those that are voted for.
    case largest
    /// The score of one class of two against a bound.
    case bound(Double, votedClass: Int)
  }

  private let forest: DecisionForest
  private let labels: ClassLabels
  private let bases: [Double]
  private let decision: Decision
  private let transform: PostTransform

  init(_ node: NodeDescription) throws(OperatorError) {
    labels = try ClassLabels(node, integers: "classlabels_int64s")
    forest = try TreeAttributes(votes: "class").forest(node, targetCount: labels.count)
    transform = try PostTransform(node)
    bases = try TreeAttributes.weights(node, "base_values") ?? []
    let voted = Set(try node.list("class_ids"))
    if labels.count == 2, voted.count == 1, let votedClass = voted.first {
      let isPositive = try TreeAttributes.weights(node, "class_weights")?.allSatisfy { $0 >= 0 } ?? true
      decision = .bound(isPositive ? 0.5 : 0, votedClass: votedClass)
      guard bases.isEmpty || (bases.count == 1 && votedClass == 0) else {
        throw .unsupported("\(bases.count) base_values where all leaves vote for class \(votedClass) of two")
      }
      guard transform != .softmax || votedClass == 1 else {
        throw .unsupported("post_transform SOFTMAX where all leaves vote for one class of two")
      }
    } else {
      decision = .largest
      guard bases.isEmpty || (bases.count == labels.count && labels.count > 2) else {
        throw .unsupported("\(bases.count) base_values for \(labels.count) classes")
      }
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let features = try Features(try inputs.required(0, "X"))
    try forest.requireFeatures(features)
    return try features.classified(labels, scoreCount: labels.count, context) { row in
      let votes = forest.scores(for: row, .sum)
      switch decision {
      case .largest: return largest(votes)
      case .bound(let bound, let votedClass):
        return bounded((votes[votedClass] ?? 0) + (bases.first ?? 0), bound, votedClass)
      }
    }
  }

  private func largest(_ votes: [Double?]) -> Classification {
    let scores = votes.indices.map { (votes[$0] ?? 0) + (bases.isEmpty ? 0 : bases[$0]) }
    // A class without a vote and a base cannot win, if any other can.
    let ranked = votes.indices.map { votes[$0] == nil && bases.isEmpty ? -.infinity : scores[$0] }
    return Classification(classIndex: ranked.firstMaximum, scores: transform.applied(to: scores))
  }

  private func bounded(_ score: Double, _ bound: Double, _ votedClass: Int) -> Classification {
    let scores: [Double]
    if votedClass == 1 {
      scores = transform.applied(to: [0, score])
    } else if transform == .logistic {
      scores = transform.applied(to: [-score, score])
    } else {
      scores = [bound > 0 ? 1 - score : -score, score]
    }
    return Classification(classIndex: score > bound ? 1 : 0, scores: scores)
  }
}
