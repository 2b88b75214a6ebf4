/// y = x / (1 + exp(−alpha · x)), element by element.
///
/// - Source: ONNX operator Swish 24.
struct Swish: RealFunction {
  private let alpha: Float

  init(_ node: NodeDescription) throws(OperatorError) { alpha = try node.float("alpha") ?? 1 }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    alpha.isFinite ? inputs.first??.layerForm(.swish(alpha: alpha)) : nil
  }

  func value<Real: RealElement>(at x: Real) -> Real { x * (Real(alpha) * x).logistic }
}

extension Swish: DifferentiableFunction {
  /// dy/dx = s + alpha · x · s · (1 − s) with s = 1 / (1 + exp(−alpha · x)).
  func derivative<Real: RealElement>(at x: Real) -> Real {
    let share = (Real(alpha) * x).logistic
    return share + Real(alpha) * x * share * (1 - share)
  }
}
