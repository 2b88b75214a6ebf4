import Tensors

/// What becomes of numbers that a floating-point type of at most eight bits lacks; see
/// `NarrowFormat.code(for:saturating:rounding:)`.
struct Narrowing: Sendable {
  var saturates = true
  var rounding = NarrowFormat.PowerRounding.up
}

extension Tensor {
  /// The elements as a type that arithmetic can be done in, exactly; strings and truth values as they are.
  func numbers(_ context: EvaluationContext) throws -> Tensor {
    guard let format = NarrowFormat(elementType) else { return try widened(context) }
    let codes = bitCast(to: .uint8)
    let values = (0...255).map { format.value(of: $0) }
    if elementType.isFloatingPoint {
      return try codes.mapped(by: CodeTable(values: values.map { Float($0) }), context)
    }
    return try codes.mapped(by: CodeTable(values: values.map { Int64($0) }), context)
  }

  /// Numbers of a type that arithmetic is done in as codes of a type of at most eight bits: integers become integers by
  /// their low bits.
  func encoded(
    as type: ElementType, _ format: NarrowFormat, narrowing: Narrowing = Narrowing(), _ context: EvaluationContext
  ) throws -> Tensor {
    if elementType.isFloatingPoint || type.isFloatingPoint {
      let values = elementType == .float64 ? self : try converted(to: .float64, context)
      return try values.mapped(context) { (value: Double) in
        format.code(for: value, saturating: narrowing.saturates, rounding: narrowing.rounding)
      }.bitCast(to: type)
    }
    let values = elementType == .int64 ? self : try converted(to: .int64, context)
    return try values.mapped(context) { (value: Int64) in format.code(ofLowBits: value) }.bitCast(to: type)
  }
}

private struct CodeTable<Value: TensorElement>: ElementMap {
  /// For each of the 256 codes.
  let values: [Value]

  func result(for code: UInt8) -> Value { values[Int(code)] }
}
