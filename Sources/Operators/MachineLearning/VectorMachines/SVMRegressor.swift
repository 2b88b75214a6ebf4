import Tensors

/// A weighted sum of how like an example is to support vectors, or of its features where there are none; for a one-class
/// machine 1 where the sum is positive and −1 elsewhere.
///
/// - Source: ONNX operator SVMRegressor of ai.onnx.ml 1.
struct SVMRegressor: Operator {
  private let vectors: SupportVectors?
  private let coefficients: [Double]
  private let rho: Double
  private let isOneClass: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let coefficients = try node.floats("coefficients"), !coefficients.isEmpty, let rho = try node.floats("rho"),
      rho.count == 1
    else { throw .malformed("coefficients are missing, or rho is not one number") }
    guard try PostTransform(node) == .none else { throw .unsupported("a post_transform of a single score") }
    let count = try node.int("n_supports") ?? 0
    vectors = count == 0 ? nil : try SupportVectors(node, count: count)
    guard vectors == nil || coefficients.count == count else {
      throw .malformed("there are \(coefficients.count) coefficients for \(count) support vectors")
    }
    isOneClass = try node.flag("one_class")
    self.coefficients = coefficients.map { Double($0) }
    self.rho = Double(rho[0])
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let features = try Features(try inputs.required(0, "X"))
    try features.requireWidth(vectors?.featureCount ?? coefficients.count)
    return [
      try features.mapped(to: 1, context) { row in
        let values = vectors?.values(for: row) ?? Array(row)
        let sum = zip(values, coefficients).reduce(rho) { $0 + $1.0 * $1.1 }
        return [isOneClass ? (sum > 0 ? 1 : -1) : sum]
      }
    ]
  }
}
