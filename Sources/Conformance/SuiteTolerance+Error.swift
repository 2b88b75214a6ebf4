import Tensors

extension SuiteTolerance {
  /// The largest |result − expected| of the elements that are finite in both; nil where that says nothing: of other
  /// types or shapes, of texts, or of different numbers that are compared exactly.
  func largestError(of result: Tensor, from expected: Tensor) -> Double? {
    guard result.elementType == expected.elementType, result.shape == expected.shape else { return nil }
    switch result.elementType {
    case .float32: return largestError(result, expected) { (value: Float) in Double(value) }
    case .float64: return largestError(result, expected) { (value: Double) in value }
    case .float16: return largestError(result, expected) { (value: Float16) in Double(value) }
    case .bfloat16: return largestError(result, expected) { (value: BFloat16) in Double(value.floatValue) }
    case .string: return nil
    default: return difference(result, from: expected) == nil ? 0 : nil
    }
  }

  /// The same of all tensors in two values.
  func largestError(of result: RuntimeValue, from expected: RuntimeValue) -> Double? {
    switch (result, expected) {
    case (.tensor(let result), .tensor(let expected)): largestError(of: result, from: expected)
    case (.sequence(let result), .sequence(let expected)):
      zip(result.tensors, expected.tensors).compactMap { largestError(of: $0, from: $1) }.max()
    case (.optional(let result?), .optional(let expected?)): largestError(of: result, from: expected)
    default: nil
    }
  }

  private func largestError<Element: TensorElement>(
    _ result: Tensor, _ expected: Tensor, number: (Element) -> Double
  ) -> Double? {
    result.withElements(of: Element.self) { results in
      expected.withElements(of: Element.self) { references in
        var largest: Double?
        for (value, reference) in zip(results, references) {
          let error = (number(value) - number(reference)).magnitude
          if error.isFinite { largest = max(largest ?? 0, error) }
        }
        return largest
      }
    }
  }
}
