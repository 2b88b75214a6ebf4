import Tensors

extension ReductionKind {
  /// What the gradient rule reads.
  var gradientReads: GradientReads {
    switch self {
    case .sum, .mean: GradientReads()
    case .l1, .sumSquare, .prod: GradientReads(inputs: [0])
    case .logSum: GradientReads(outputs: [0])
    case .l2, .logSumExp, .max, .min: GradientReads(inputs: [0], outputs: [0])
    }
  }

  /// The gradient with respect to what was reduced.
  ///
  /// With y the result for the elements x: ∂y/∂x is 1 for sums, 1 / n for means of n elements, sign x for L1 and x / y for
  /// L2 norms, 2x for sums of squares, exp(−y) for logarithms of sums, exp(x − y) for those of sums of exponentials, the
  /// product of the other elements for products, and for extrema 1 / k where x is one of the k elements that are y,
  /// else 0.
  ///
  /// - Parameters:
  ///   - gradient: with respect to the result, in the shape that has 1 for the reduced axes.
  ///   - x: of that shape; there where the rule reads it.
  ///   - y: the result, in the shape of the gradient; there where the rule reads it.
  func gradient(
    _ gradient: Tensor, of x: Tensor?, result y: Tensor?, axes: [Int], shape: Shape, _ context: EvaluationContext
  ) throws -> Tensor {
    switch (self, x, y) {
    case (.sum, _, _): return try gradient.repeated(to: shape, context)
    case (.mean, _, _):
      let count = axes.reduce(1) { $0 * shape[$1] }
      return try gradient.scaled(by: 1 / Double(Swift.max(count, 1)), context).repeated(to: shape, context)
    case (.l1, let x?, _): return try .paired(x, gradient, by: SignedPairing(), context)
    case (.l2, let x?, let y?):
      return try x.times(.paired(gradient, y, by: SafeQuotientPairing(), context), context)
    case (.sumSquare, let x?, _): return try x.times(gradient.scaled(by: 2, context), context)
    case (.logSum, _, let y?):
      return try Tensor.paired(gradient, y, by: DecayPairing(), context).repeated(to: shape, context)
    case (.logSumExp, let x?, let y?):
      return try Tensor.paired(x, y, by: RelativeExponentialPairing(), context).times(gradient, context)
    case (.max, let x?, let y?), (.min, let x?, let y?):
      let mask = try Tensor.paired(x, y, by: EqualityPairing(), context)
      let share = try gradient.divided(by: mask.summed(to: gradient.shape, context), context)
      return try mask.times(share, context)
    case (.prod, let x?, _):
      let groups = AxisGroups(keeping: shape.dimensions.indices.filter { !axes.contains($0) }, of: shape)
      let rows = try groups.gathered(x, context)
      let products = try x.elementType.visited(
        byFloating: OtherProducts(x: rows, length: groups.length, context: context))
      return try groups.scattered(products, context).times(gradient, context)
    default: throw OperatorError.mismatched("what the gradient reads is not kept")
    }
  }
}

private struct SignedPairing: RealPairing {
  func result<Real: RealElement>(for x: Real, _ gradient: Real) -> Real { x > 0 ? gradient : x < 0 ? -gradient : 0 }
}

/// A quotient by 0 is 0.
private struct SafeQuotientPairing: RealPairing {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real { b == 0 ? 0 : a / b }
}

private struct DecayPairing: RealPairing {
  func result<Real: RealElement>(for gradient: Real, _ y: Real) -> Real { gradient * (-y).exponential }
}

private struct RelativeExponentialPairing: RealPairing {
  func result<Real: RealElement>(for x: Real, _ y: Real) -> Real { (x - y).exponential }
}

/// For each element of a row the product of the row's others.
private struct OtherProducts: FloatingVisitor {
  let x: Tensor
  let length: Int
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    guard x.count > 0 else { return x }
    return try x.mapRows(of: type, length: length, context) { source, target, _ in
      var product = 1.0
      for index in 0..<length {
        target[index] = Element(product)
        product *= Double(source[index])
      }
      product = 1
      for index in (0..<length).reversed() {
        target[index] = Element(Double(target[index]) * product)
        product *= Double(source[index])
      }
    }
  }
}
