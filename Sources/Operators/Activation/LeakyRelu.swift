/// y = x where x ≥ 0, else alpha · x, element by element.
///
/// - Source: ONNX operator LeakyRelu 1, 6, 16.
struct LeakyRelu: RealFunction {
  private let alpha: Float

  init(_ node: NodeDescription) throws(OperatorError) { alpha = try node.float("alpha") ?? 0.01 }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard alpha.isFinite, let x = inputs.first ?? nil, x.isFeatureMap else { return nil }
    return .activation(.slope([Float](repeating: alpha, count: x.shape[1])))
  }

  func value<Real: RealElement>(at x: Real) -> Real { x < 0 ? Real(alpha) * x : x }
}

extension LeakyRelu: DifferentiableFunction {
  var usesOutput: Bool { alpha > 0 }

  /// dy/dx = 1 where x > 0, else alpha; y has the sign of x where alpha is positive.
  func derivative<Real: RealElement>(at y: Real) -> Real { y > 0 ? 1 : Real(alpha) }
}
