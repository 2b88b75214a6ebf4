/// The mean of some values and the mean of their squared distances from it.
struct Moments {
  var mean = 0.0
  var variance = 0.0

  /// The moments of `count` neighbouring elements, summed as `Double` in an order that depends on `count` alone.
  ///
  /// - Precondition: `count` > 0.
  @inline(__always)
  init<Element: RealElement>(_ elements: UnsafePointer<Element>, count: Int) {
    mean = laneSum(count) { Double(elements[$0]) } / Double(count)
    let center = mean
    variance =
      laneSum(count) { index in
        let distance = Double(elements[index]) - center
        return distance * distance
      } / Double(count)
  }

  /// 1 / √(variance + epsilon).
  func inverseDeviation(_ epsilon: Float) -> Double { 1 / (variance + Double(epsilon)).squareRoot() }
}

/// Σ value(i) for i < count, in eight interleaved sums that are added up at the end.
@inline(__always)
func laneSum(_ count: Int, _ value: (Int) -> Double) -> Double {
  var lanes = SIMD8<Double>()
  var index = 0
  while index + 8 <= count {
    var next = SIMD8<Double>()
    for lane in 0..<8 { next[lane] = value(index + lane) }
    lanes += next
    index += 8
  }
  var sum = lanes.sum()
  while index < count {
    sum += value(index)
    index += 1
  }
  return sum
}
