import Tensors

/// Calls `body` with the elements of numeric tensors as `Double`s, rounded where they have more than 53 bits. The
/// pointers must not leave the closure.
///
/// - Throws: for strings and truth values, and what `body` throws.
func withDoubles<Result>(
  of tensors: [Tensor], _ context: EvaluationContext, _ body: ([UnsafeBufferPointer<Double>]) throws -> Result
) throws -> Result {
  let converted = try tensors.map { try $0.converted(to: .float64, context) }
  func open(_ pointers: [UnsafeBufferPointer<Double>]) throws -> Result {
    guard pointers.count < converted.count else { return try body(pointers) }
    return try converted[pointers.count].withElements(of: Double.self) { try open(pointers + [$0]) }
  }
  return try open([])
}
