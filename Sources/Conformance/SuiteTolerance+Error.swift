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
