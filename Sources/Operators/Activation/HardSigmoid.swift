/// y = max(0, min(1, alpha · x + beta)), element by element.
///
/// - Source: ONNX operator HardSigmoid 1, 6, 22.
struct HardSigmoid: RealFunction {
  private let alpha: Float
  private let beta: Float

  init(_ node: NodeDescription) throws(OperatorError) {
    alpha = try node.float("alpha") ?? 0.2
    beta = try node.float("beta") ?? 0.5
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    alpha.isFinite && beta.isFinite ? inputs.first??.layerForm(.hardSigmoid(alpha: alpha, beta: beta)) : nil
  }

  func value<Real: RealElement>(at x: Real) -> Real { (Real(alpha) * x + Real(beta)).clampedToUnit }
}

extension RealElement {
  /// The nearest value from 0 to 1; a NaN stays a NaN.
  var clampedToUnit: Self { self < 0 ? 0 : self > 1 ? 1 : self }
}

extension HardSigmoid: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = alpha where 0 < y < 1, else 0.
  func derivative<Real: RealElement>(at y: Real) -> Real { y > 0 && y < 1 ? Real(alpha) : 0 }
}
