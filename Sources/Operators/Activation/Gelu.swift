/// y = x · Φ(x) with the normal distribution's Φ, or its approximation by a hyperbolic tangent, element by element.
///
/// - Source: ONNX operator Gelu 20.
struct Gelu: RealFunction {
  private let isApproximate: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    switch try node.string("approximate") ?? "none" {
    case "none": isApproximate = false
    case "tanh": isApproximate = true
    case let other: throw .malformed("attribute approximate is '\(other)', not none or tanh")
    }
  }

  func value<Real: RealElement>(at x: Real) -> Real {
    if isApproximate {
      // √(2/π)
      let inner = 0.797_884_560_802_865_4 * (x + 0.044715 * x * x * x)
      return 0.5 * x * (1 + inner.hyperbolicTangent)
    }
    // √(1/2)
    return 0.5 * x * (1 + (x * 0.707_106_781_186_547_5).errorFunction)
  }
}
