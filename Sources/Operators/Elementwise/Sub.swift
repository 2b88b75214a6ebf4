import Kernels
import Tensors

/// c = a − b, element by element. Integers wrap around.
///
/// - Source: ONNX operator Sub 1, 6 (see `BroadcastAlignment`), 7, 13, 14.
struct Sub: ArithmeticOperator {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count == 2, let a = inputs[0], let b = inputs[1] else { return nil }
    if let constant = ChannelConstant(b, for: a, alignment: alignment) {
      return .finiteScale(offsets: constant.values.map { -$0 })
    }
    guard let constant = ChannelConstant(a, for: b, alignment: alignment, isSwapped: true) else { return nil }
    let factors = [Double](repeating: -1, count: constant.values.count)
    return .finiteScale(factors: factors, offsets: constant.values)
  }

  static var pointwiseOperation: PointwiseOperation? { .subtract }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.minus(b) }
}

extension Sub: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂a = ∂L/∂c and ∂L/∂b = −∂L/∂c, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try call.forEachWanted { index in
      try operandGradient(call.gradient(), of: index, call).scaled(by: index == 0 ? 1 : -1, call.context)
    }
  }
}
