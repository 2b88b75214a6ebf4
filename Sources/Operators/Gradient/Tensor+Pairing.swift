package import Tensors

/// What is made of two real numbers, for both types that these are computed in.
protocol RealPairing: Sendable {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real
}

extension Tensor {
  /// What `pairing` makes of the elements of two tensors of float32 or float64, which broadcast to each other.
  static func paired<Pairing: RealPairing>(
    _ a: Tensor, _ b: Tensor, by pairing: Pairing, alignment: BroadcastAlignment = .multidirectional,
    _ context: EvaluationContext
  ) throws -> Tensor {
    switch a.elementType {
    case .float32:
      try combined(a, b, by: TypedPairing<Pairing, Float>(pairing: pairing), alignment: alignment, context)
    case .float64:
      try combined(a, b, by: TypedPairing<Pairing, Double>(pairing: pairing), alignment: alignment, context)
    default: throw OperatorError.mismatched("a gradient of \(a.elementType); float32 or float64 is expected")
    }
  }

  func plus(_ other: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try .paired(self, other, by: SumPairing(), context)
  }

  func minus(_ other: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try .paired(self, other, by: DifferencePairing(), context)
  }

  func times(
    _ other: Tensor, alignment: BroadcastAlignment = .multidirectional, _ context: EvaluationContext
  ) throws -> Tensor {
    try .paired(self, other, by: ProductPairing(), alignment: alignment, context)
  }

  func divided(
    by other: Tensor, alignment: BroadcastAlignment = .multidirectional, _ context: EvaluationContext
  ) throws -> Tensor {
    try .paired(self, other, by: QuotientPairing(), alignment: alignment, context)
  }

  /// Each element times a number.
  func scaled(by factor: Double, _ context: EvaluationContext) throws -> Tensor {
    factor == 1 ? self : try times(.scalar(factor, of: elementType), context)
  }
}

extension Tensor {
  /// This tensor added to another of the same shape. For gradients that come from several readers of one value.
  package func accumulated(with other: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try plus(other, context)
  }

  /// This gradient where it is positive, 0 elsewhere.
  package func positivePart(_ context: EvaluationContext) throws -> Tensor {
    try .paired(self, .scalar(0, of: elementType), by: MaximumPairing(), context)
  }

  /// The elements as the type that gradients of `type` are computed in.
  package func asGradient(of type: ElementType, _ context: EvaluationContext) throws -> Tensor {
    try converted(to: type.working, context)
  }
}

private struct TypedPairing<Pairing: RealPairing, Real: RealElement>: ElementPairing {
  let pairing: Pairing

  func result(for a: Real, _ b: Real) -> Real { pairing.result(for: a, b) }
}

private struct SumPairing: RealPairing {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real { a + b }
}

private struct DifferencePairing: RealPairing {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real { a - b }
}

private struct ProductPairing: RealPairing {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real { a * b }
}

private struct QuotientPairing: RealPairing {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real { a / b }
}

private struct MaximumPairing: RealPairing {
  func result<Real: RealElement>(for a: Real, _ b: Real) -> Real { a < b ? b : a }
}
