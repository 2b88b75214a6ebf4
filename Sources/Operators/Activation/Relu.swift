/// y = max(0, x), element by element. A NaN stays a NaN.
///
/// - Source: ONNX operator Relu 1, 6, 13, 14 (the versions differ in types alone).
struct Relu: NumericFunction {
  init(_ node: NodeDescription) {}

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    inputs.first??.isFeatureMap == true ? .clamp(low: 0, high: .infinity) : nil
  }

  func value<Element: NumericElement>(at x: Element) -> Element { x < Element.zero ? Element.zero : x }
}

extension Relu: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = 1 where y > 0, else 0.
  func derivative<Real: RealElement>(at y: Real) -> Real { y > 0 ? 1 : 0 }
}
