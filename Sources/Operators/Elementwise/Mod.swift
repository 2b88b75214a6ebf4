import Tensors

/// c = a − b · q with the quotient a / b rounded down, or rounded toward zero where `fmod` is 1; element by element.
/// An integer divisor of 0 is refused.
///
/// - Source: ONNX operator Mod 10, 13 (floating-point types need `fmod` = 1), 28.
struct Mod: Operator {
  private let truncates: Bool
  private let allowsFloorOfFloats: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    truncates = try node.flag("fmod")
    allowsFloorOfFloats = node.version >= 28
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try b.requireType(a.elementType, named: "B")
    let visitor = ModVisitor(
      a: try a.widened(context), b: try b.widened(context), truncates: truncates, context: context)
    guard a.elementType.isFloatingPoint else {
      try visitor.b.requireNonzeroInteger(named: "B")
      return [try a.elementType.visited(byInteger: visitor).cast(to: a.elementType, context)]
    }
    guard truncates || allowsFloorOfFloats else {
      throw OperatorError.malformed("attribute fmod is 0, and the inputs are of \(a.elementType)")
    }
    return [try a.elementType.visited(byFloating: visitor).cast(to: a.elementType, context)]
  }
}

private struct ModVisitor: IntegerVisitor, FloatingVisitor {
  let a: Tensor
  let b: Tensor
  let truncates: Bool
  let context: EvaluationContext

  func visit<Element: NumericElement & FixedWidthInteger>(_ type: Element.Type) throws -> Tensor {
    let truncates = truncates
    return try Tensor.combined(a, b, context) { (a: Element, b: Element) -> Element in
      let remainder = a.remainderReportingOverflow(dividingBy: b).partialValue
      return truncates || remainder == 0 || (remainder < 0) == (b < 0) ? remainder : remainder &+ b
    }
  }

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let truncates = truncates
    return try Tensor.combined(a, b, context) { (a: Element, b: Element) -> Element in
      let divisor = b
      let remainder = a.truncatingRemainder(dividingBy: divisor)
      if truncates { return remainder }
      if remainder == 0 { return Element(signOf: divisor, magnitudeOf: 0) }
      return (remainder < 0) == (divisor < 0) ? remainder : remainder + divisor
    }
  }
}

extension Mod: DifferentiableOperator {
  /// ∂L/∂a = ∂L/∂c and ∂L/∂b = −∂L/∂c · q with the whole quotient q = (a − c) / b, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, gradient) = (call.context, try call.gradient())
    return try call.forEachWanted { index in
      if index == 0 { return try gradient.summed(to: call.shape(0), context) }
      let whole = try call.input(0).minus(call.output(), context).divided(by: call.input(1), context)
      return try gradient.times(whole, context).scaled(by: -1, context).summed(to: call.shape(1), context)
    }
  }
}
