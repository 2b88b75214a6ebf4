import Kernels
import Tensors

/// c = a / b, element by element; of integers rounded toward zero. An integer divisor of 0 is refused.
///
/// - Source: ONNX operator Div 1, 6 (see `BroadcastAlignment`), 7, 13, 14.
struct Div: ArithmeticOperator {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count == 2, let a = inputs[0], let b = inputs[1],
      let constant = ChannelConstant(b, for: a, alignment: alignment)
    else { return nil }
    return .finiteScale(factors: constant.values.map { 1 / $0 })
  }

  static var pointwiseOperation: PointwiseOperation? { .divide }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.divided(by: b) }

  func check(_ a: Tensor, _ b: Tensor) throws(OperatorError) { try b.requireNonzeroInteger(named: "B") }
}

extension Div: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: [1], outputs: wanted[1] ? [0] : [])
  }

  /// ∂L/∂a = ∂L/∂c / b and ∂L/∂b = −∂L/∂c · c / b, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let quotient = try call.gradient().divided(by: call.input(1), alignment: alignment, call.context)
    return try call.forEachWanted { index in
      if index == 0 { return try operandGradient(quotient, of: 0, call) }
      return try operandGradient(quotient.times(call.output(), call.context), of: 1, call).scaled(by: -1, call.context)
    }
  }
}
