import Tensors

/// The mean of each channel of a value: a change of one filter, which statistics of the whole value do not show, stands
/// out in its channel.
struct ChannelMeans {
  /// The most channels of a value that means are taken of.
  private static let largestCount = 4096

  /// How many means are taken of a tensor: the extent of the second axis of float tensors; 0 for others.
  static func count(of tensor: Tensor) -> Int {
    guard tensor.elementType.isFloatingPoint, tensor.shape.rank >= 2, tensor.count > 0,
      tensor.shape[1] <= largestCount
    else { return 0 }
    return tensor.shape[1]
  }

  /// The means over all axes but the second; empty where `count(of:)` is 0. A mean of elements that are not all finite is
  /// not finite.
  ///
  /// - Complexity: linear in the elements.
  static func of(_ tensor: Tensor) -> [Float] {
    let count = count(of: tensor)
    guard count > 0 else { return [] }
    let inner = tensor.shape.dimensions.dropFirst(2).reduce(1, *)
    var sums = [Double](repeating: 0, count: count)
    var (position, channel) = (0, 0)
    tensor.forEachNumber { number in
      sums[channel] += number
      position += 1
      if position == inner {
        position = 0
        channel = channel + 1 == count ? 0 : channel + 1
      }
    }
    return sums.map { Float($0 / Double(tensor.count / count)) }
  }

  /// The first channel whose mean is off by more than is allowed, as a clause; nil where none is.
  ///
  /// - Parameter largest: the largest magnitude in the reference.
  static func difference(
    _ means: ArraySlice<Float>, from reference: ArraySlice<Float>, tolerance: ValueTolerance, largest: Double
  ) -> String? {
    // Means are kept as float32.
    for (channel, pair) in zip(means, reference).enumerated() {
      let (mean, expected) = (Double(pair.0), Double(pair.1))
      let isSame = mean == expected || mean.isNaN && expected.isNaN
      guard !isSame else { continue }
      let allowed = tolerance.allowedError(at: expected, largest: largest)
      if !((mean - expected).magnitude <= allowed) {
        return "has the mean \(mean) instead of \(expected) in channel \(channel)"
      }
    }
    return nil
  }
}
