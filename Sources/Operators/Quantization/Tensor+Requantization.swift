import Tensors

extension Tensor {
  /// Integers less their zero points, exactly, as `Double`s.
  ///
  /// - Parameters:
  ///   - zeroPoint: one for all, one for each position along `axis`, or any shape that broadcasts; nil is zero.
  ///   - axis: counted from the end where negative.
  func centered(on zeroPoint: Tensor?, axis: Int, _ context: EvaluationContext) throws -> Tensor {
    guard [.int8, .uint8, .int16, .uint16].contains(elementType) else {
      throw OperatorError.mismatched("a quantized input is of \(elementType)")
    }
    let values = try converted(to: .float64, context)
    guard let zeroPoint else { return values }
    let offsets = try zeroPoint.laid(along: axis, ofRank: shape.rank).converted(to: .float64, context)
    let result: Tensor = try .combined(values, offsets, context) { (value: Double, offset: Double) in value - offset }
    guard result.shape == shape else {
      throw OperatorError.mismatched("zero points of shape \(zeroPoint.shape) do not fit an input of shape \(shape)")
    }
    return result
  }

  /// A list as a tensor whose other axes are 1, to be broadcast along `axis`; single elements as scalars, and other
  /// tensors as they are.
  func laid(along axis: Int, ofRank rank: Int) throws -> Tensor {
    if count == 1 { return try reshaped(to: .scalar) }
    guard shape.rank == 1, rank > 1 else { return self }
    var extents = [Int](repeating: 1, count: rank)
    extents[try Shape(extents).normalizedAxis(axis)] = count
    return try reshaped(to: try Shape(extents))
  }

  /// Sums as integers of the type of `zeroPoint`: times `multiplier` in single precision, as onnxruntime does, rounded,
  /// plus the zero point, clamped.
  ///
  /// - Parameter multiplier: of `Double`; broadcasts to this tensor, which is of `Double`.
  func requantized(
    by multiplier: Tensor, zeroPoint: Tensor, _ context: EvaluationContext
  ) throws -> Tensor {
    guard zeroPoint.count == 1 else {
      throw OperatorError.unsupported("zero points of the output of shape \(zeroPoint.shape) rather than one")
    }
    let offset = try zeroPoint.doubles()[0]
    let shifted: Tensor = try .combined(self, multiplier, context) { (value: Double, factor: Double) in
      Double((Float(value) * Float(factor)).rounded(.toNearestOrEven)) + offset
    }
    guard shifted.shape == shape else {
      throw OperatorError.mismatched("scales of shape \(multiplier.shape) do not fit an output of shape \(shape)")
    }
    return try shifted.rounded(to: zeroPoint.elementType, context)
  }

  /// a · b / y, broadcast, each step in single precision.
  static func multiplier(_ a: Tensor, _ b: Tensor, _ y: Tensor, _ context: EvaluationContext) throws -> Tensor {
    let (a, b, y) = try (
      a.converted(to: .float64, context), b.converted(to: .float64, context), y.converted(to: .float64, context)
    )
    let product: Tensor = try .combined(a, b, context) { (a: Double, b: Double) in Double(Float(a * b)) }
    return try .combined(product, y, context) { (product: Double, y: Double) in Double(Float(product / y)) }
  }

  /// Whole numbers held as `Double`s as int32; what does not fit wraps around.
  func wrappedToInt32(_ context: EvaluationContext) throws -> Tensor {
    try mapped(context) { (sum: Double) in Int32(truncatingIfNeeded: Int64(converting: sum)) }
  }
}
