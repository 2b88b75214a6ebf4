import Tensors

extension Tensor {
  /// The elements as another type.
  ///
  /// Numbers are converted as `converted(to:_:)` tells, but that integers of less than eight bits always take the low
  /// bits; every number but 0 is true. A number's text is the shortest that reads back as the same.
  ///
  /// - Parameter narrowing: what becomes of numbers that floating-point types of at most eight bits lack.
  /// - Throws: where a string is not a number.
  func cast(
    to target: ElementType, narrowing: Narrowing = Narrowing(), _ context: EvaluationContext
  ) throws -> Tensor {
    switch (elementType, target) {
    case (target, _):
      return self
    case (.string, _):
      return try parsed(as: target, narrowing, context)
    case (.bool, .string):
      try requireStringMemory(count, context)
      return Tensor(shape, strings: withElements(of: Bool.self) { $0.map { $0 ? "1" : "0" } })
    case (.bool, _):
      return try mapped(context) { (x: Bool) in x ? Int64(1) : 0 }.cast(to: target, narrowing: narrowing, context)
    case (_, .string):
      try requireStringMemory(count, context)
      return Tensor(shape, strings: try texts(context))
    case (_, .bool):
      let x = try numbers(context)
      return try x.elementType.visited(by: ToBool(x: x, context: context))
    default:
      guard let format = NarrowFormat(target) else { return try converted(to: target, context) }
      let whole = !target.isFloatingPoint && elementType.isFloatingPoint
      return try (whole ? converted(to: .int64, context) : numbers(context))
        .encoded(as: target, format, narrowing: narrowing, context)
    }
  }

  /// Reads strings as numbers.
  private func parsed(
    as target: ElementType, _ narrowing: Narrowing, _ context: EvaluationContext
  ) throws -> Tensor {
    let texts = strings
    if target.isFloatingPoint || target == .bool {
      let values = try texts.map { text in
        guard let value = Double(text) else { throw OperatorError.mismatched("'\(text)' is not a number") }
        return value
      }
      return try Tensor(shape, values).cast(to: target, narrowing: narrowing, context)
    }
    let values = try texts.map { text in
      guard let value = Int64(text) ?? Double(text).map({ Int64(converting: $0) }) else {
        throw OperatorError.mismatched("'\(text)' is not a number")
      }
      return value
    }
    return try Tensor(shape, values).cast(to: target, narrowing: narrowing, context)
  }

  /// The shortest decimal texts that read back as the same numbers.
  private func texts(_ context: EvaluationContext) throws -> [String] {
    if elementType == .float16 {
      return elements(of: Float16.self).map { Float($0).isFinite ? "\($0)" : Float($0).text }
    }
    let x = try numbers(context)
    return try x.elementType.visited(by: Texts(x: x))
  }
}

private struct ToBool: NumericVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(context) { (x: Element) in x != Element.zero }
  }
}

private struct Texts: NumericVisitor {
  let x: Tensor

  func visit<Element: NumericElement>(_ type: Element.Type) -> [String] {
    x.withElements(of: type) { elements in elements.map { $0.text } }
  }
}

extension NumericElement {
  /// The shortest decimal text that reads back as the same value.
  fileprivate var text: String {
    if isNaN { return "NaN" }
    if doubleValue.isInfinite { return self > Self.zero ? "INF" : "-INF" }
    return "\(self)"
  }
}
