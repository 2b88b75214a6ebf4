import Tensors

/// A constant that broadcasts to feature maps, as a value for each channel.
struct ChannelConstant {
  let values: [Double]

  /// - Parameters:
  ///   - constant: the second operand of an elementwise operator; the first one where they are swapped.
  ///   - map: the other operand.
  /// - Returns: nil where `map` is no feature map, or the constant is none that has a value for each channel alone.
  init?(_ constant: KnownInput, for map: KnownInput, alignment: BroadcastAlignment, isSwapped: Bool = false) {
    guard map.isFeatureMap, let tensor = constant.constant, tensor.elementType == .float32 else { return nil }
    // Only the second operand may stand at an axis of its own.
    if isSwapped, case .consecutive = alignment { return nil }
    guard let shape = try? alignment.aligned(tensor.shape, to: map.shape), shape.rank <= 4 else { return nil }
    let extents = [Int](repeating: 1, count: 4 - shape.rank) + shape.dimensions
    let channels = map.shape[1]
    guard extents[0] == 1, extents[1] == 1 || extents[1] == channels, extents[2] == 1, extents[3] == 1,
      let values = try? tensor.doubles()
    else { return nil }
    self.values = values.count == 1 ? [Double](repeating: values[0], count: channels) : values
  }
}

extension LayerForm {
  /// factor · x + offset for each channel; nil where some of them is no finite float32.
  static func finiteScale(factors: [Double], offsets: [Double]) -> LayerForm? {
    guard (factors + offsets).allSatisfy({ Float($0).isFinite }) else { return nil }
    return .channelScale(factors: factors, offsets: offsets)
  }

  /// factor · x for each channel.
  static func finiteScale(factors: [Double]) -> LayerForm? {
    finiteScale(factors: factors, offsets: [Double](repeating: 0, count: factors.count))
  }

  /// x + offset for each channel.
  static func finiteScale(offsets: [Double]) -> LayerForm? {
    finiteScale(factors: [Double](repeating: 1, count: offsets.count), offsets: offsets)
  }
}
