import Tensors

/// y = x where x ≥ 0, else slope · x, element by element.
///
/// - Source: ONNX operator PRelu 1, 6 (one slope, or one a channel), 7, 9, 16 (the slope broadcasts to x).
struct PRelu: Operator {
  private let isSlopePerChannel: Bool

  init(_ node: NodeDescription) { isSlopePerChannel = node.version < 7 }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count == 2, let x = inputs[0], let slope = inputs[1],
      let constant = ChannelConstant(
        slope, for: x, alignment: isSlopePerChannel ? .consecutive(from: 1) : .multidirectional),
      constant.values.allSatisfy(\.isFinite)
    else { return nil }
    return .activation(.slope(constant.values.map(Float.init)))
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let slope = try inputs.required(1, "slope")
    try slope.requireType(x.elementType, named: "slope")
    let alignment: BroadcastAlignment =
      isSlopePerChannel ? .consecutive(from: min(1, x.shape.rank - 1)) : .multidirectional
    guard try x.shape.broadcast(with: alignment.aligned(slope.shape, to: x.shape)) == x.shape else {
      throw OperatorError.mismatched("slope of shape \(slope.shape) does not broadcast to X of shape \(x.shape)")
    }
    let visitor = PReluVisitor(
      x: try x.widened(context), slope: try slope.widened(context), alignment: alignment, context: context)
    return [try x.elementType.visited(by: visitor).cast(to: x.elementType, context)]
  }
}

private struct PReluVisitor: NumericVisitor {
  let x: Tensor
  let slope: Tensor
  let alignment: BroadcastAlignment
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor.combined(x, slope, by: PReluPairing<Element>(), alignment: alignment, context)
  }
}

private struct PReluPairing<Element: NumericElement>: ElementPairing {
  func result(for x: Element, _ slope: Element) -> Element { x < .zero ? slope.times(x) : x }
}

extension PRelu: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(inputs: [0, 1]) }

  /// ∂L/∂x = ∂L/∂y where x > 0, else slope · ∂L/∂y; ∂L/∂slope = x · ∂L/∂y where x < 0, else 0, summed over what was
  /// broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, gradient, x, slope) = (call.context, try call.gradient(), try call.input(0), try call.input(1))
    let alignment: BroadcastAlignment =
      isSlopePerChannel ? .consecutive(from: min(1, x.shape.rank - 1)) : .multidirectional
    return try call.forEachWanted { index in
      if index == 0 {
        return try gradient.times(.paired(x, slope, by: SlopePairing(), alignment: alignment, context), context)
      }
      let negative = try Tensor.paired(gradient, x, by: NegativePartPairing(), context)
      return try negative.summed(to: slope.shape, alignedTo: x.shape, by: alignment, context)
    }
  }
}

private struct SlopePairing: RealPairing {
  func result<Real: RealElement>(for x: Real, _ slope: Real) -> Real { x > 0 ? 1 : slope }
}

private struct NegativePartPairing: RealPairing {
  func result<Real: RealElement>(for gradient: Real, _ x: Real) -> Real { x < 0 ? gradient * x : 0 }
}
