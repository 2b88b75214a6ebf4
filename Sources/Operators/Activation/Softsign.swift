/// y = x / (1 + |x|), element by element.
///
/// - Source: ONNX operator Softsign 1, 22.
struct Softsign: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { x / (1 + x.magnitude) }
}

extension Softsign: DifferentiableFunction {
  /// dy/dx = 1 / (1 + |x|)².
  func derivative<Real: RealElement>(at x: Real) -> Real { 1 / ((1 + x.magnitude) * (1 + x.magnitude)) }
}
