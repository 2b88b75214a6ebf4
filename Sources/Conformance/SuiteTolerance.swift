import Tensors

/// How far a result may be from the expected value: `absolute` + `relative` · |expected|.
///
/// - Source: `numpy.testing.assert_allclose`, with the bounds of ONNX's backend test suite.
struct SuiteTolerance: Sendable, Decodable {
  var relative = 1e-3
  var absolute = 1e-7

  enum CodingKeys: String, CodingKey {
    case relative = "rtol"
    case absolute = "atol"
  }

  /// What is wrong with a result, as a clause that begins with a verb; nil where nothing is.
  func difference(_ result: RuntimeValue, from expected: RuntimeValue) -> String? {
    switch (result, expected) {
    case (.tensor(let result), .tensor(let expected)): return difference(result, from: expected)
    case (.sequence(let result), .sequence(let expected)):
      guard result.tensors.count == expected.tensors.count else {
        return "has \(result.tensors.count) tensors; \(expected.tensors.count) are expected"
      }
      for (index, pair) in zip(result.tensors, expected.tensors).enumerated() {
        if let difference = difference(pair.0, from: pair.1) { return "at position \(index) \(difference)" }
      }
      return nil
    case (.optional(nil), .optional(nil)): return nil
    case (.optional(let result?), .optional(let expected?)): return difference(result, from: expected)
    case (.optional, .optional): return "is empty where the other is not"
    default: return "is \(result.kindName); \(expected.kindName) is expected"
    }
  }

  func difference(_ result: Tensor, from expected: Tensor) -> String? {
    guard result.elementType == expected.elementType else {
      return "is of \(result.elementType); \(expected.elementType) is expected"
    }
    guard result.shape == expected.shape else { return "has shape \(result.shape); \(expected.shape) is expected" }
    switch result.elementType {
    case .float32: return difference(result, expected) { (value: Float) in Double(value) }
    case .float64: return difference(result, expected) { (value: Double) in value }
    case .float16: return difference(result, expected) { (value: Float16) in Double(value) }
    case .bfloat16:
      var wide = self
      // Two steps of a bfloat16.
      wide.relative = max(relative, 0x1p-6)
      return wide.difference(result, expected) { (value: BFloat16) in Double(value.floatValue) }
    case .string:
      return result.strings == expected.strings ? nil : "is \(result.strings); \(expected.strings) is expected"
    default:
      return exactDifference(result, from: expected)
    }
  }

  private func difference<Element: TensorElement>(
    _ result: Tensor, _ expected: Tensor, number: (Element) -> Double
  ) -> String? {
    result.withElements(of: Element.self) { results in
      expected.withElements(of: Element.self) { references in
        var worst: (index: Int, excess: Double)?
        var count = 0
        for index in results.indices {
          let value = number(results[index])
          let reference = number(references[index])
          guard !isNear(value, reference) else { continue }
          count += 1
          let excess = (value - reference).magnitude / (absolute + relative * reference.magnitude)
          // A NaN or an infinity is worse than any number.
          let measure = excess.isNaN ? .infinity : excess
          if worst.map({ measure > $0.excess }) ?? true { worst = (index, measure) }
        }
        return worst.map { worst in
          "differs in \(count) of \(result.count) elements, most at \(position(worst.index, in: result.shape)): "
            + "\(results[worst.index]) for \(references[worst.index])"
        }
      }
    }
  }

  /// Infinities of one sign are near each other, and so are NaNs.
  func isNear(_ value: Double, _ expected: Double) -> Bool {
    if value == expected || (value.isNaN && expected.isNaN) { return true }
    guard value.isFinite, expected.isFinite else { return false }
    return (value - expected).magnitude <= absolute + relative * expected.magnitude
  }

  private func exactDifference(_ result: Tensor, from expected: Tensor) -> String? {
    let width = result.elementType.byteCount
    let format = NarrowFormat(result.elementType)
    func isNaN(_ code: UInt8) -> Bool { format?.value(of: code).isNaN ?? false }
    return result.withUnsafeBytes { results in
      expected.withUnsafeBytes { references in
        // A format may have more codes for NaN than one.
        let differing = results.indices.first {
          results[$0] != references[$0] && !(isNaN(results[$0]) && isNaN(references[$0]))
        }
        guard let byte = differing else { return nil }
        return "differs first at \(position(byte / width, in: result.shape))"
      }
    }
  }

  private func position(_ index: Int, in shape: Shape) -> String {
    "[\(shape.strides.indices.map { String(index / shape.strides[$0] % shape[$0]) }.joined(separator: ", "))]"
  }
}
