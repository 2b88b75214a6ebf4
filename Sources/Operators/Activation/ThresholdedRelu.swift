/// y = x where x > alpha, else 0, element by element. A NaN gives 0.
///
/// - Source: ONNX operator ThresholdedRelu 1 (experimental), 10, 22.
struct ThresholdedRelu: RealFunction {
  private let alpha: Float

  init(_ node: NodeDescription) throws(OperatorError) { alpha = try node.float("alpha") ?? 1 }

  func value<Real: RealElement>(at x: Real) -> Real { x > Real(alpha) ? x : 0 }
}

extension ThresholdedRelu: DifferentiableFunction {
  /// dy/dx = 1 where x > alpha, else 0.
  func derivative<Real: RealElement>(at x: Real) -> Real { x > Real(alpha) ? 1 : 0 }
}
