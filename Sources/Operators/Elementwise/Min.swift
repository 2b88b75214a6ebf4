import Tensors

/// The smallest of all inputs, element by element; NaN if one is.
///
/// - Source: ONNX operator Min 1, 6, 8 (broadcasting), 12, 13.
struct Min: VariadicOperator {
  let version: Int

  init(_ node: NodeDescription) { version = node.version }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.minimum(b) }
}

extension Min: DifferentiableOperator {
  /// ∂L/∂x = ∂L/∂y where x is the smallest, in equal shares where several are, else 0; summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] { try chosenGradients(call) }
}
