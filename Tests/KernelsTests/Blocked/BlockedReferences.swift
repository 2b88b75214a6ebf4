import Kernels

extension WindowedLayer {
  /// Σ weight · x + bias + residual by its definition: [outputs, channels, kernel] weights.
  func convolution(_ input: [Float], _ weights: [Float], _ bias: [Float], _ residual: [Float]? = nil) -> [ReferenceSum]
  {
    sums(input, weights, bias, residual) { _ in 0..<channels }
  }

  /// Σ weight · x + bias of each channel by its definition: [channels, kernel] weights.
  func depthwiseConvolution(_ input: [Float], _ weights: [Float], _ bias: [Float]) -> [ReferenceSum] {
    sums(input, weights, bias, nil) { $0..<$0 + 1 }
  }

  private func sums(
    _ input: [Float], _ weights: [Float], _ bias: [Float], _ residual: [Float]?, inputs: (Int) -> Range<Int>
  ) -> [ReferenceSum] {
    var sums = [ReferenceSum](repeating: ReferenceSum(), count: outputCount)
    forEachOutput { index, output, places in
      var sum = ReferenceSum()
      sum.add(bias[output], 1)
      if let residual { sum.add(residual[index], 1) }
      let inputs = inputs(output)
      for channel in inputs {
        let plane = channel * height * width
        let filter = (output * inputs.count + channel - inputs.lowerBound) * taps
        for (tap, place) in places { sum.add(input[plane + place], weights[filter + tap]) }
      }
      sums[index] = sum
    }
    return sums
  }
}

extension ReferenceSum {
  /// Whether `result` is the sum, clamped, to eight roundings of the sum of the magnitudes.
  ///
  /// Every partial sum of n random terms is about 1/√n of the magnitudes' sum, and the n roundings' signs are random
  /// too: together they are about one rounding of that sum. Clamping brings no two numbers further apart.
  func isNear(_ result: Float, _ bounds: ClampBounds = .none) -> Bool {
    let expected = bounds.clamp(value)
    guard value.isFinite else { return expected.isNaN ? result.isNaN : Double(result) == expected }
    return abs(Double(result) - expected) <= 8 * 0x1p-24 * magnitude
  }
}

extension ClampBounds {
  static let relu = ClampBounds(low: 0)
  static let relu6 = ClampBounds(low: 0, high: 6)

  /// Bounds that clamp some of the sums from both sides.
  static let narrow = ClampBounds(low: -0.25, high: 0.5)

  func clamp(_ value: Double) -> Double { value.isNaN ? value : min(max(value, Double(low)), Double(high)) }
}

/// Numbers among which some are NaN, ∞ and −∞.
func numbersWithExceptions(_ count: Int, seed: UInt64) -> [Float] {
  var values = numbers(count, seed: seed)
  for (index, value) in zip([7, 31, 92], [Float.nan, .infinity, -.infinity]) {
    for place in stride(from: index, to: count, by: 211) { values[place] = value }
  }
  return values
}
