import Tensors

/// y = a / (1 + exp(−alpha · a)) · b, element by element of two tensors that broadcast to each other.
///
/// - Source: ONNX operator SwiGLU 28.
struct SwiGLU: Operator {
  private let alpha: Float

  init(_ node: NodeDescription) throws(OperatorError) { alpha = try node.float("alpha") ?? 1 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try b.requireType(a.elementType, named: "B")
    let visitor = SwiGLUVisitor(a: try a.widened(context), b: try b.widened(context), alpha: alpha, context: context)
    return [try a.elementType.visited(byFloating: visitor).cast(to: a.elementType, context)]
  }
}

private struct SwiGLUVisitor: FloatingVisitor {
  let a: Tensor
  let b: Tensor
  let alpha: Float
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let alpha = Element(alpha)
    return try Tensor.combined(a, b, context) { (a: Element, b: Element) in
      a * (alpha * a).logistic * b
    }
  }
}

extension SwiGLU: DifferentiableOperator {
  /// With s = 1 / (1 + exp(−alpha · a)): ∂L/∂a = ∂L/∂y · b · (s + alpha · a · s · (1 − s)) and ∂L/∂b = ∂L/∂y · a · s,
  /// summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, gradient, a) = (call.context, try call.gradient(), try call.input(0))
    return try call.forEachWanted { index in
      let pairing = SwishPairing(alpha: alpha, isDerivative: index == 0)
      let factor = try Tensor.paired(a, .scalar(0, of: a.elementType), by: pairing, context)
      let product = try gradient.times(factor, context)
      return try (index == 0 ? product.times(call.input(1), context) : product).summed(to: call.shape(index), context)
    }
  }
}

/// x / (1 + exp(−alpha · x)), or its derivative; the second operand does not matter.
private struct SwishPairing: RealPairing {
  let alpha: Float
  let isDerivative: Bool

  func result<Real: RealElement>(for x: Real, _ unused: Real) -> Real {
    let share = (Real(alpha) * x).logistic
    return isDerivative ? share + Real(alpha) * x * share * (1 - share) : x * share
  }
}
