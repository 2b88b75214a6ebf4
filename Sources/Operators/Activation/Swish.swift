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
