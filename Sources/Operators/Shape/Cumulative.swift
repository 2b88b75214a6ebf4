import Tensors

/// Running sums or products along an axis, forwards or backwards, with or without the element itself.
///
/// - Source: ONNX operators CumSum 11, 14 and CumProd 26.
struct Cumulative: Operator {
  private var isProduct: Bool
  private let isExclusive: Bool
  private var isReverse: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    isProduct = node.operatorName == "CumProd"
    isExclusive = try node.flag("exclusive")
    isReverse = try node.flag("reverse")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "x")
    let axes = try inputs.integers(1, "axis") ?? []
    guard axes.count == 1 else { throw OperatorError.malformed("axis has \(axes.count) elements, not one") }
    let axis = try x.shape.normalizedAxis(axes[0])
    let visitor = CumulativeVisitor(
      x: try x.widened(context), axis: axis, isProduct: isProduct, isExclusive: isExclusive, isReverse: isReverse,
      context: context)
    return [try x.elementType.visited(by: visitor).cast(to: x.elementType, context)]
  }
}

private struct CumulativeVisitor: NumericVisitor {
  let x: Tensor
  let axis: Int
  let isProduct: Bool
  let isExclusive: Bool
  let isReverse: Bool
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let extent = x.shape[axis]
    let inner = x.shape.count(of: axis + 1..<x.shape.rank)
    return try Tensor(x.shape, of: type, allocator: context.allocator) { result in
      guard x.count > 0 else { return }
      x.withElements(of: type) { elements in
        for line in 0..<x.count / extent {
          let first = line / inner * inner * extent + line % inner
          var total = Element.Wide(converting: isProduct ? 1 : 0)
          for step in 0..<extent {
            let index = first + (isReverse ? extent - 1 - step : step) * inner
            if isExclusive { result[index] = type.init(wide: total) }
            let element = elements[index].wide
            total = isProduct ? total.times(element) : total.plus(element)
            if !isExclusive { result[index] = type.init(wide: total) }
          }
        }
      }
    }
  }
}

extension Cumulative: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  /// For sums, ∂L/∂x is the running sum of ∂L/∂y from the other end. For products, it is that of ∂L/∂y · y, over x, where
  /// no element of x may be 0.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    var reversed = self
    reversed.isReverse.toggle()
    reversed.isProduct = false
    let axis = call.operatorInputs.optional(1)
    guard isProduct else {
      return try reversed.evaluate(OperatorInputs([call.gradient(), axis]), call.context)
    }
    let x = try call.input(0)
    guard try !x.doubles().contains(0) else {
      throw OperatorError.unsupported("the gradient of running products with a 0 among the factors is not implemented")
    }
    let weighted = try call.gradient().times(call.output(), call.context)
    let sums = try reversed.evaluate(OperatorInputs([weighted, axis]), call.context)[0]
    return [try sums.divided(by: x, call.context)]
  }
}
