import Tensors

extension Tensor {
  /// The elements as another type.
  ///
  /// Integers keep their low bits; floating-point values lose their fraction and are clamped on the way to an integer,
  /// where a NaN gives 0; every number but 0 is true. A number's text is the shortest that reads back as the same.
  ///
  /// - Throws: where a string is not a number.
  func cast(to target: ElementType, _ context: EvaluationContext) throws -> Tensor {
    switch (elementType, target) {
    case (target, _):
      return self
    case (.string, _):
      return try parsed(as: target, context)
    case (.bool, .string):
      try requireStringMemory(count, context)
      return Tensor(shape, strings: withElements(of: Bool.self) { $0.map { $0 ? "1" : "0" } })
    case (.bool, _):
      return try target.visited(by: FromBool(x: self, context: context))
    case (_, .string):
      try requireStringMemory(count, context)
      return try elementType.visited(by: ToString(x: self))
    case (_, .bool):
      return try elementType.visited(by: ToBool(x: self, context: context))
    default:
      return try elementType.visited(by: FromNumber(x: self, target: target, context: context))
    }
  }

  /// Reads strings as numbers.
  private func parsed(as target: ElementType, _ context: EvaluationContext) throws -> Tensor {
    let texts = strings
    if target.isFloatingPoint || target == .bool {
      let values = try texts.map { text in
        guard let value = Double(text) else { throw OperatorError.mismatched("'\(text)' is not a number") }
        return value
      }
      return try Tensor(shape, values).cast(to: target, context)
    }
    let values = try texts.map { text in
      guard let value = Int64(text) ?? Double(text).map({ Int64(converting: $0) }) else {
        throw OperatorError.mismatched("'\(text)' is not a number")
      }
      return value
    }
    return try Tensor(shape, values).cast(to: target, context)
  }
}

private struct FromBool: NumericVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(context) { (x: Bool) in Element(integer: x ? 1 : 0) }
  }
}

private struct ToBool: NumericVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(context) { (x: Element) in x.wide != Element.Wide.zero }
  }
}

private struct ToString: NumericVisitor {
  let x: Tensor

  func visit<Element: NumericElement>(_ type: Element.Type) -> Tensor {
    Tensor(x.shape, strings: x.withElements(of: type) { elements in elements.map { $0.text } })
  }
}

extension NumericElement {
  /// The shortest decimal text that reads back as the same value.
  fileprivate var text: String {
    if isNaN { return "NaN" }
    switch self {
    case let value as BFloat16 where value.floatValue.isInfinite: return value.floatValue > 0 ? "INF" : "-INF"
    case let value as BFloat16: return "\(value.floatValue)"
    case let value as any BinaryFloatingPoint where value.isInfinite: return value.sign == .plus ? "INF" : "-INF"
    default: return "\(self)"
    }
  }
}

private struct FromNumber: NumericVisitor {
  let x: Tensor
  let target: ElementType
  let context: EvaluationContext

  func visit<Source: NumericElement>(_ type: Source.Type) throws -> Tensor {
    try target.visited(by: Conversion<Source>(x: x, context: context))
  }

  struct Conversion<Source: NumericElement>: NumericVisitor {
    let x: Tensor
    let context: EvaluationContext

    func visit<Target: NumericElement>(_ type: Target.Type) throws -> Tensor {
      try x.mapped(context) { (x: Source) in x.converted(to: Target.self) }
    }
  }
}
