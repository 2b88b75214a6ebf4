/// y = x + bias where x < −lambd, x − bias where x > lambd, else 0, element by element.
///
/// - Source: ONNX operator Shrink 9.
struct Shrink: NumericFunction {
  private let bias: Double
  private let threshold: Double

  init(_ node: NodeDescription) throws(OperatorError) {
    bias = Double(try node.float("bias") ?? 0)
    threshold = Double(try node.float("lambd") ?? 0.5)
  }

  func value<Element: NumericElement>(at x: Element) -> Element {
    let value = x.doubleValue
    if value < -threshold { return Element(converting: value + bias) }
    return value > threshold ? Element(converting: value - bias) : Element.zero
  }
}

extension Shrink: DifferentiableFunction {
  /// dy/dx = 1 where |x| > lambd, else 0.
  func derivative<Real: RealElement>(at x: Real) -> Real { Double(x).magnitude > threshold ? 1 : 0 }
}
