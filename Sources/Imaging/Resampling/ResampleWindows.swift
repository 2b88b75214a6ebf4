private import Glibc

/// For every target pixel along one axis: which source pixels it takes, and with which weights.
///
/// When the picture gets smaller the filter is widened by the ratio, so that every source pixel counts. Positions and
/// weights follow Pillow's resampling to the last bit; weights are fixed-point numbers as there.
struct ResampleWindows {
  /// The first source pixel of each target pixel.
  private(set) var first: [Int]

  /// How many source pixels each target pixel takes.
  private(set) var count: [Int]

  /// The weights, `stride` for each target pixel, times 2 to the `fractionBits`.
  private(set) var weights: [Int32] = []

  let stride: Int

  /// Bits behind the binary point: 32, less 8 of the pixel, less 2 for a sign and an overshoot.
  static let fractionBits: Int32 = 22

  /// - Precondition: both sides are positive, and `filter` is not `nearest`.
  init(from source: Int, to target: Int, _ filter: ResampleFilter) {
    let scale = Double(source) / Double(target)
    let widening = max(scale, 1)
    let support = filter.support * widening
    stride = Int(support.rounded(.up)) * 2 + 1
    first = [Int](repeating: 0, count: target)
    count = first
    weights = [Int32](repeating: 0, count: target * stride)
    var window = [Double](repeating: 0, count: stride)
    for pixel in 0..<target {
      let center = (Double(pixel) + 0.5) * scale
      let start = max(Int(center - support + 0.5), 0)
      let length = min(Int(center + support + 0.5), source) - start
      var sum = 0.0
      for tap in 0..<length {
        window[tap] = filter.weight(at: (Double(tap + start) - center + 0.5) * (1 / widening))
        sum += window[tap]
      }
      for tap in 0..<length {
        let share = (sum != 0 ? window[tap] / sum : window[tap]) * Double(1 << Self.fractionBits)
        weights[pixel * stride + tap] = Int32(share < 0 ? share - 0.5 : share + 0.5)
      }
      first[pixel] = start
      count[pixel] = length
    }
  }
}
