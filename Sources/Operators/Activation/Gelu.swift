import Kernels

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

  var pointwiseFunction: PointwiseFunction? { isApproximate ? nil : .gelu }

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

extension Gelu: DifferentiableFunction {
  /// dy/dx = Φ(x) + x · φ(x) with the normal distribution's φ, or the derivative of the approximation.
  func derivative<Real: RealElement>(at x: Real) -> Real {
    if isApproximate {
      // √(2/π)
      let slope: Real = 0.797_884_560_802_865_4
      let cubic: Real = 0.044715
      let bend = (slope * (x + cubic * x * x * x)).hyperbolicTangent
      let change: Real = slope * (1 + 3 * cubic * x * x)
      return 0.5 * (1 + bend) + 0.5 * x * (1 - bend * bend) * change
    }
    // √(1/2) and 1 / √(2π)
    let share = 0.5 * (1 + (x * 0.707_106_781_186_547_5).errorFunction)
    return share + x * 0.398_942_280_401_432_7 * (-0.5 * x * x).exponential
  }
}
