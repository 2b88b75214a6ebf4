import Tensors

/// y = −x, element by element. Integers wrap around.
///
/// - Source: ONNX operator Neg 1, 6, 13.
struct Neg: NumericFunction {
  init(_ node: NodeDescription) {}

  func value<Element: NumericElement>(at x: Element) -> Element { x.negated }
}

extension Neg: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = −∂L/∂y.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try call.gradient().scaled(by: -1, call.context)]
  }
}
