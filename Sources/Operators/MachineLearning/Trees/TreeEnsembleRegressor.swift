import Tensors

/// Sums, means or extrema of the weights of the leaves that trees lead an example to, and a base for each target.
///
/// - Source: ONNX operator TreeEnsembleRegressor of ai.onnx.ml 1, 3 (`…_as_tensor`), 5 (deprecated). As the text says, the
///   base is added for all targets; onnxruntime leaves it out for one that no leaf votes for.
struct TreeEnsembleRegressor: Operator {
  private let forest: DecisionForest
  private let aggregation: DecisionForest.Aggregation
  private let bases: [Double]
  private let transform: PostTransform

  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("aggregate_function") ?? "SUM"
    guard let aggregation = DecisionForest.Aggregation(name: name) else {
      throw .malformed("aggregate_function is '\(name)', which there is not")
    }
    self.aggregation = aggregation
    let count = try node.int("n_targets") ?? 1
    forest = try TreeAttributes(votes: "target").forest(node, targetCount: count)
    bases = try TreeAttributes.weights(node, "base_values") ?? []
    guard bases.isEmpty || bases.count == count else {
      throw .malformed("there are \(bases.count) base_values for \(count) targets")
    }
    transform = try PostTransform(node)
    try transform.requireSeveral(count)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let features = try Features(try inputs.required(0, "X"))
    try forest.requireFeatures(features)
    return [
      try features.mapped(to: forest.targetCount, context) { row in
        let scores = forest.scores(for: row, aggregation).enumerated().map { target, score in
          (score ?? 0) + (bases.isEmpty ? 0 : bases[target])
        }
        return transform.applied(to: scores)
      }
    ]
  }
}

extension DecisionForest {
  /// Throws `mismatched` unless examples have all features that the trees compare.
  func requireFeatures(_ features: Features) throws(OperatorError) {
    guard features.width >= featureCount else {
      throw .mismatched("X has \(features.width) features; the trees compare \(featureCount)")
    }
  }
}
