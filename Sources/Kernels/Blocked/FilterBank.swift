internal import CKernels

/// A convolution's filters as a model holds them, row-major [outputs, inputs, taps], and what to multiply them with.
struct FilterBank: @unchecked Sendable {
  let filters: UnsafePointer<Float>
  let outputs: Int
  let inputs: Int
  let taps: Int

  /// A factor for each output's filter; nil multiplies nothing.
  let factors: [Double]?

  /// Lays some inputs' taps of the filters of `width` outputs side by side: [input][tap][width], with zeros for outputs
  /// that there are not. Products with factors are rounded once.
  func transpose(
    inputs range: Range<Int>, firstOutput: Int, width: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let depth = range.count * taps
    let count = min(width, outputs - firstOutput)
    ckernels_pack_panels(
      filters + (firstOutput * inputs + range.lowerBound) * taps, inputs * taps, 1, count, depth, width, target, 0)
    guard let factors else { return }
    factors.withUnsafeBufferPointer { factors in
      let factors = factors.baseAddress! + firstOutput
      for place in 0..<depth {
        let row = target + place * width
        for output in 0..<count { row[output] = Float(Double(row[output]) * factors[output]) }
      }
    }
  }
}
