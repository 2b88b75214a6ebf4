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

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.divided(by: b) }

  func check(_ a: Tensor, _ b: Tensor) throws(OperatorError) { try b.requireNonzeroInteger(named: "B") }
}
