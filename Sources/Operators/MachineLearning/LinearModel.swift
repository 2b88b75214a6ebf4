import Tensors

/// Weighted sums of features: for each target a row of coefficients, and an intercept.
private struct LinearModel: Sendable {
  let targetCount: Int
  let featureCount: Int
  private let coefficients: [Double]
  private let intercepts: [Double]

  /// - Throws: `malformed` where the coefficients do not make `targetCount` rows, or the intercepts are not as many.
  init(_ node: NodeDescription, targetCount: Int) throws(OperatorError) {
    guard let coefficients = try node.floats("coefficients"), targetCount >= 1, !coefficients.isEmpty,
      coefficients.count % targetCount == 0
    else { throw .malformed("coefficients do not make \(targetCount) rows") }
    let intercepts = try node.floats("intercepts") ?? []
    guard intercepts.isEmpty || intercepts.count == targetCount else {
      throw .malformed("there are \(intercepts.count) intercepts for \(targetCount) rows of coefficients")
    }
    self.targetCount = targetCount
    featureCount = coefficients.count / targetCount
    self.coefficients = coefficients.map { Double($0) }
    self.intercepts =
      intercepts.isEmpty ? [Double](repeating: 0, count: targetCount) : intercepts.map { Double($0) }
  }

  func scores(_ row: ArraySlice<Double>) -> [Double] {
    (0..<targetCount).map { target in
      zip(row, coefficients[target * featureCount..<(target + 1) * featureCount])
        .reduce(intercepts[target]) { $0 + $1.0 * $1.1 }
    }
  }
}

/// The class of the largest weighted sum of features, and the sums.
///
/// With one row of coefficients for two classes the sum is that of the second class, which wins above 0.
///
/// - Source: ONNX operator LinearClassifier of ai.onnx.ml 1. One row is refused with other transforms than LOGISTIC, since
///   the text is silent and evaluators differ.
struct LinearClassifier: Operator {
  private let labels: ClassLabels
  private let model: LinearModel
  private let transform: PostTransform

  init(_ node: NodeDescription) throws(OperatorError) {
    labels = try ClassLabels(node, integers: "classlabels_ints")
    // Makes no difference to the scores.
    _ = try node.flag("multi_class")
    transform = try PostTransform(node)
    let rowCount = try node.floats("intercepts").map(\.count) ?? labels.count
    guard rowCount == labels.count || (rowCount == 1 && labels.count == 2) else {
      throw .malformed("there are \(rowCount) intercepts for \(labels.count) classes")
    }
    guard rowCount > 1 || transform == .logistic else {
      throw .unsupported("one row of coefficients for two classes without post_transform LOGISTIC")
    }
    model = try LinearModel(node, targetCount: rowCount)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let features = try Features(try inputs.required(0, "X"))
    try features.requireWidth(model.featureCount)
    return try features.classified(labels, scoreCount: labels.count, context) { row in
      let scores = model.scores(row)
      if scores.count == 1 {
        return Classification(
          classIndex: scores[0] > 0 ? 1 : 0, scores: transform.applied(to: [-scores[0], scores[0]]))
      }
      return Classification(classIndex: scores.firstMaximum, scores: transform.applied(to: scores))
    }
  }
}

/// Weighted sums of features, one for each target.
///
/// - Source: ONNX operator LinearRegressor of ai.onnx.ml 1.
struct LinearRegressor: Operator {
  private let model: LinearModel
  private let transform: PostTransform

  init(_ node: NodeDescription) throws(OperatorError) {
    model = try LinearModel(node, targetCount: try node.int("targets") ?? 1)
    transform = try PostTransform(node)
    try transform.requireSeveral(model.targetCount)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let features = try Features(try inputs.required(0, "X"))
    try features.requireWidth(model.featureCount)
    return [try features.mapped(to: model.targetCount, context) { transform.applied(to: model.scores($0)) }]
  }
}
