import Kernels
import Tensors

/// An operator that makes each element of its result from the one at the same place of its floating-point input.
protocol RealFunction: Operator {
  /// The result's element for the input's element `x`.
  func value<Real: RealElement>(at x: Real) -> Real

  /// The same in the vector kernels, for float32; nil where they have no such function.
  var pointwiseFunction: PointwiseFunction? { get }
}

extension RealFunction {
  var pointwiseFunction: PointwiseFunction? { nil }

  var pointwiseForm: PointwiseForm? { pointwiseFunction.map { .function($0) } }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let y = try x.mappedReals(
      context,
      floats: { source, target, range in
        if let pointwiseFunction {
          pointwiseFunction.apply(source + range.lowerBound, count: range.count, to: target + range.lowerBound)
        } else {
          for index in range { target[index] = value(at: source[index]) }
        }
      },
      doubles: { source, target, range in for index in range { target[index] = value(at: source[index]) } })
    return [y]
  }
}

/// An operator that makes each element of its result from the one at the same place of its numeric input.
protocol NumericFunction: Operator {
  /// The result's element for the input's element `x`.
  func value<Element: NumericElement>(at x: Element) -> Element
}

extension NumericFunction {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let visitor = NumericFunctionVisitor(function: self, x: try x.widened(context), context: context)
    return [try x.elementType.visited(by: visitor).cast(to: x.elementType, context)]
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
