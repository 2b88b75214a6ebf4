import Tensors

/// The sum of all inputs, element by element.
///
/// - Source: ONNX operator Sum 1, 6, 8 (broadcasting), 13.
struct Sum: VariadicOperator {
  let version: Int

  init(_ node: NodeDescription) { version = node.version }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count == 2, let a = inputs[0], let b = inputs[1], a.isFeatureMap, b.isFeatureMap, a.shape == b.shape
    else { return nil }
    return .sum
  }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.plus(b) }
}

extension Sum: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂y for each input, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try call.forEachWanted { try call.gradient().summed(to: call.shape($0), call.context) }
  }
}
