import Tensors

/// The Lp norm of each window, (Σ |x|^p)^(1/p), x: N×C×….
///
/// - Source: ONNX operator LpPool 1 (p is a float), 2, 11, 18 (ceil_mode, dilations), 22.
struct LpPool: Operator {
  private let window: PoolingWindow
  private let p: Double

  init(_ node: NodeDescription) throws(OperatorError) {
    window = try PoolingWindow(node)
    p = try node.normOrder()
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let axes = try window.axes(of: x.shape)
    let visitor = LpPoolVisitor(x: try x.widened(context), axes: axes, p: p, context: context)
    return [try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)]
  }
}

extension NodeDescription {
  /// The attribute `p` of LpPool and GlobalLpPool: a float before version 2.
  func normOrder() throws(OperatorError) -> Double {
    let p = version < 2 ? Double(try float("p") ?? 2) : Double(try int("p") ?? 2)
    guard p > 0 else { throw .malformed("attribute p is \(p)") }
    return p
  }
}

private struct LpPoolVisitor: FloatingVisitor {
  let x: Tensor
  let axes: [WindowAxis]
  let p: Double
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    try Norm<Element>(p: p).reduce(x, axes: axes, countsPadding: false, context)
  }
}

private struct Norm<Element: RealElement>: PoolingReduction {
  let p: Double

  var initial: Double { 0 }

  func adding(_ element: Element, to sum: Double) -> Double { sum + Double(element).magnitude.power(p) }

  func result(_ sum: Double, count: Int) -> Element { Element(sum.power(1 / p)) }
}

extension LpPool: DifferentiableOperator {
  /// ∂L/∂x = Σ ∂L/∂y · sign x · (|x| / y)^(p − 1) over the windows that x lies in; 0 where y is 0.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, x) = (try call.gradient(), try call.input(0))
    let visitor = PoolingGradient(
      share: .norm(p: p), axes: try window.axes(of: x.shape), gradient: gradient, shape: x.shape, x: x,
      y: try call.output(), context: call.context)
    return [try gradient.elementType.visited(byFloating: visitor)]
  }
}
