import Tensors

/// z = x to the power of y, element by element, in the type of x.
///
/// Integers to the power of integers wrap around; a negative power of an integer is rounded toward zero, and of 0 it
/// is 0. Mixed types are computed as `Double`.
///
/// - Source: ONNX operator Pow 1 (see `BroadcastAlignment`), 7, 12, 13, 15.
struct Pow: Operator {
  private let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let y = try inputs.required(1, "Y")
    if x.elementType.isFloatingPoint, x.elementType == y.elementType {
      let visitor = RealPowVisitor(
        x: try x.widened(context), y: try y.widened(context), alignment: alignment, context: context)
      return [try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)]
    }
    let exponent = try y.cast(to: y.elementType.isFloatingPoint ? .float64 : .int64, context)
    let visitor = MixedPowVisitor(x: try x.widened(context), y: exponent, alignment: alignment, context: context)
    let power = try x.elementType.visited(by: visitor)
    return [
      exponent.elementType == .float64
        ? try power.clamped(to: x.elementType, context) : try power.cast(to: x.elementType, context)
    ]
  }
}

private struct RealPowVisitor: FloatingVisitor {
  let x: Tensor
  let y: Tensor
  let alignment: BroadcastAlignment
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    // The square is by far the most frequent power.
    if y.count == 1, y.shape.rank <= x.shape.rank, y.elements(of: type)[0] == 2 {
      return try x.mapped(context) { (x: Element) in x * x }
    }
    return try Tensor.combined(x, y, context, alignment: alignment) { (x: Element, y: Element) in
      x.power(y)
    }
  }
}

private struct MixedPowVisitor: NumericVisitor {
  let x: Tensor
  /// Of int64 or float64.
  let y: Tensor
  let alignment: BroadcastAlignment
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    if y.elementType == .float64 {
      return try Tensor.combined(x, y, context, alignment: alignment) { (x: Element, y: Double) in
        Element(converting: x.doubleValue.power(y))
      }
    }
    if x.elementType.isFloatingPoint {
      return try Tensor.combined(x, y, context, alignment: alignment) { (x: Element, y: Int64) in
        Element(converting: x.doubleValue.power(Double(y)))
      }
    }
    return try Tensor.combined(x, y, context, alignment: alignment) { (x: Element, y: Int64) in
      x.raised(toInteger: y)
    }
  }
}

extension NumericElement {
  /// An integer to the power of an integer, by repeated squaring, with the low bits kept.
  fileprivate func raised(toInteger exponent: Int64) -> Self {
    let one = Self(integer: 1)
    if exponent < 0 {
      if self == one { return one }
      let minusOne = one.negated
      guard self == minusOne, minusOne < .zero else { return .zero }
      return exponent & 1 == 0 ? one : minusOne
    }
    var result = one
    var square = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = result.times(square) }
      square = square.times(square)
      rest >>= 1
    }
    return result
  }
}

extension Pow: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1])
  }

  /// ∂L/∂x = ∂L/∂z · y · x^(y − 1), which is 0 where y is, and ∂L/∂y = ∂L/∂z · z · ln x, which is 0 where x is 0 and y
  /// is not below 0; summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, gradient) = (call.context, try call.gradient())
    let (x, y) = (try call.input(0), try call.input(1).converted(to: gradient.elementType, call.context))
    return try call.forEachWanted { index in
      if index == 0 {
        let slope = try Tensor.paired(x, y, by: PowerSlope(), alignment: alignment, context)
        return try gradient.times(slope, context).summed(to: x.shape, context)
      }
      let growth = try Tensor.paired(x, y, by: PowerGrowth(), alignment: alignment, context)
      return try gradient.times(growth, context).summed(to: y.shape, alignedTo: x.shape, by: alignment, context)
    }
  }
}

private struct PowerSlope: RealPairing {
  func result<Real: RealElement>(for x: Real, _ y: Real) -> Real { y == 0 ? 0 : y == 2 ? 2 * x : y * x.power(y - 1) }
}

private struct PowerGrowth: RealPairing {
  func result<Real: RealElement>(for x: Real, _ y: Real) -> Real {
    x == 0 && y >= 0 ? 0 : x.power(y) * x.naturalLogarithm
  }
}
