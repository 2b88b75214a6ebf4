import Kernels

/// y = 1 / (1 + exp(−x)), element by element.
///
/// - Source: ONNX operator Sigmoid 1, 6, 13.
struct Sigmoid: RealFunction {
  init(_ node: NodeDescription) {}

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? { inputs.first??.layerForm(.sigmoid) }

  var pointwiseFunction: PointwiseFunction? { .logistic }

  func value<Real: RealElement>(at x: Real) -> Real { x.logistic }
}

extension Sigmoid: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = y · (1 − y).
  func derivative<Real: RealElement>(at y: Real) -> Real { y * (1 - y) }
}
