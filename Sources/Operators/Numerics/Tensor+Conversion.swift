import Tensors

extension Tensor {
  /// The elements as the type that arithmetic on them is done in, exactly; those without one as they are.
  ///
  /// The result of the arithmetic goes back by `cast(to:_:)`: integers then have the low bits, which for sums, products
  /// and shifts are the same as those of arithmetic in the type itself.
  func widened(_ context: EvaluationContext) throws -> Tensor {
    switch elementType {
    case elementType.working: self
    default: try elementType.visited(asStored: Widening(x: self, context: context))
    }
  }

  /// Numbers as another numeric type.
  ///
  /// Integers keep their low bits; floating-point values lose their fraction and are clamped on the way to an integer,
  /// where a NaN gives 0. On the way to floating-point types of eight bits or less they are clamped as well.
  ///
  /// - Throws: `mismatched` for strings and truth values.
  func converted(to target: ElementType, _ context: EvaluationContext) throws -> Tensor {
    if elementType == target { return self }
    let source = try numbers(context)
    if source.elementType == target { return source }
    if let format = NarrowFormat(target) { return try source.encoded(as: target, format, context) }
    return try source.elementType.visited(by: ConversionSource(x: source, target: target, context: context))
  }

  /// Floating-point elements as another type; integers are rounded to the nearest and clamped.
  func rounded(to target: ElementType, _ context: EvaluationContext) throws -> Tensor {
    if target.isFloatingPoint { return try converted(to: target, context) }
    let whole = try elementType.visited(byFloating: Rounding(x: self, context: context))
    return try whole.converted(to: target, context)
  }

  /// Widened elements as the type that they had before; integers are clamped.
  func clamped(to type: ElementType, _ context: EvaluationContext) throws -> Tensor {
    if type == elementType { return self }
    // Integers that are not clamped have few enough bits to stay the same.
    return try converted(to: .float64, context).converted(to: type, context)
  }

  /// The elements as `Double`s, rounded where they have more than 53 bits.
  ///
  /// - Throws: for strings and truth values.
  func doubles() throws -> [Double] {
    guard let format = NarrowFormat(elementType) else {
      return try elementType.visited(asStored: Doubles(tensor: self))
    }
    return withUnsafeBytes { codes in codes.map { format.value(of: $0) } }
  }

  /// A tensor of one element of a numeric type; see `StoredNumber.init(converting:)`.
  static func scalar(_ value: Double, of type: ElementType) throws -> Tensor {
    guard let format = NarrowFormat(type) else { return try type.visited(asStored: Scalar(value: value)) }
    return Tensor(scalar: format.code(for: value)).bitCast(to: type)
  }
}

private struct Widening: StoredNumberVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: StoredNumber>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(by: WideningMap<Element>(), context)
  }
}

private struct WideningMap<Element: StoredNumber>: ElementMap {
  func result(for x: Element) -> Element.Working { x.working }
}

private struct ConversionSource: NumericVisitor {
  let x: Tensor
  let target: ElementType
  let context: EvaluationContext

  func visit<Source: NumericElement>(_ type: Source.Type) throws -> Tensor {
    try target.visited(asStored: Conversion<Source>(x: x, context: context))
  }
}

private struct Conversion<Source: NumericElement>: StoredNumberVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Target: StoredNumber>(_ type: Target.Type) throws -> Tensor {
    try x.mapped(by: ConversionMap<Source, Target>(), context)
  }
}

private struct ConversionMap<Source: NumericElement, Target: StoredNumber>: ElementMap {
  func result(for x: Source) -> Target { x.converted(to: Target.self) }
}

private struct Rounding: FloatingVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(by: RoundingMap<Element>(), context)
  }
}

private struct RoundingMap<Element: RealElement>: ElementMap {
  func result(for x: Element) -> Element { x.rounded(.toNearestOrEven) }
}

private struct Doubles: StoredNumberVisitor {
  let tensor: Tensor

  func visit<Element: StoredNumber>(_ type: Element.Type) -> [Double] {
    tensor.withElements(of: type) { elements in elements.map { $0.working.doubleValue } }
  }
}

private struct Scalar: StoredNumberVisitor {
  let value: Double

  func visit<Element: StoredNumber>(_ type: Element.Type) -> Tensor { Tensor(scalar: type.init(converting: value)) }
}
