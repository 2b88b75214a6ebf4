import Kernels
import Tensors

/// c = a + b, element by element. Integers wrap around.
///
/// - Source: ONNX operator Add 1, 6 (see `BroadcastAlignment`), 7, 13, 14.
struct Add: ArithmeticOperator {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count == 2, let a = inputs[0], let b = inputs[1] else { return nil }
    if let constant = ChannelConstant(b, for: a, alignment: alignment)
      ?? ChannelConstant(a, for: b, alignment: alignment, isSwapped: true)
    {
      return .finiteScale(offsets: constant.values)
    }
    if a.isFeatureMap, b.isFeatureMap, a.shape == b.shape { return .sum }
    return nil
  }

  static var pointwiseOperation: PointwiseOperation? { .add }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.plus(b) }
}

extension Add: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂a = ∂L/∂b = ∂L/∂c, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try call.forEachWanted { try operandGradient(call.gradient(), of: $0, call) }
  }
}
