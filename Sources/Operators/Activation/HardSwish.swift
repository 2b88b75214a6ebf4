/// y = x · max(0, min(1, x / 6 + 1/2)), element by element.
///
/// - Source: ONNX operator HardSwish 14, 22.
struct HardSwish: RealFunction {
  init(_ node: NodeDescription) {}

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    inputs.first??.layerForm(.hardSwish(alpha: 1 / 6, beta: 0.5))
  }

  func value<Real: RealElement>(at x: Real) -> Real { x * (x * (1 / 6) + 0.5).clampedToUnit }
}

extension HardSwish: DifferentiableFunction {
  /// dy/dx = x / 3 + 1/2 where −3 < x < 3, else 0 below and 1 above.
  func derivative<Real: RealElement>(at x: Real) -> Real { x <= -3 ? 0 : x >= 3 ? 1 : x * (1 / 3) + 0.5 }
}
