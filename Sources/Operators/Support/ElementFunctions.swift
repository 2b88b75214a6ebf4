import Tensors

/// An operator that makes each element of its result from the one at the same place of its floating-point input.
protocol RealFunction: Operator {
  /// The result's element for the input's element `x`.
  func value<Real: RealElement>(at x: Real) -> Real
}

extension RealFunction {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    return [try x.elementType.visited(byFloating: RealFunctionVisitor(function: self, x: x, context: context))]
  }
}

private struct RealFunctionVisitor<Function: RealFunction>: FloatingVisitor {
  let function: Function
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: FloatingStorage>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(by: RealFunctionMap<Function, Element>(function: function), context)
  }
}

private struct RealFunctionMap<Function: RealFunction, Element: FloatingStorage>: ElementMap {
  let function: Function

  func result(for x: Element) -> Element { Element(real: function.value(at: x.real)) }
}

/// An operator that makes each element of its result from the one at the same place of its numeric input.
protocol NumericFunction: Operator {
  /// The result's element for the input's element `x`.
  func value<Element: NumericElement>(at x: Element) -> Element
}

extension NumericFunction {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    return [try x.elementType.visited(by: NumericFunctionVisitor(function: self, x: x, context: context))]
  }
}

private struct NumericFunctionVisitor<Function: NumericFunction>: NumericVisitor {
  let function: Function
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(by: NumericFunctionMap<Function, Element>(function: function), context)
  }
}

private struct NumericFunctionMap<Function: NumericFunction, Element: NumericElement>: ElementMap {
  let function: Function

  func result(for x: Element) -> Element { function.value(at: x) }
}
