import Explain
import Foundation
import Imaging

/// A map of 0 to 1 as scripts read it.
struct PageMap: Encodable, Hashable {
  let width: Int
  let height: Int

  /// `width` × `height` values · 65535, 16 bits each, the low byte first, in Base64.
  let values: String

  /// - Parameter side: the most values along a side.
  init(_ map: SaliencyMap, side: Int) {
    var heatMap = HeatMap(width: map.width, height: map.height, values: map.values)
    if max(map.width, map.height) > side {
      heatMap = heatMap.resized(width: min(map.width, side), height: min(map.height, side))
    }
    width = heatMap.width
    height = heatMap.height
    var bytes = Data(capacity: 2 * heatMap.values.count)
    for value in heatMap.values {
      let level = UInt16(value > 0 ? (min(value, 1) * 65535).rounded() : 0)
      bytes.append(UInt8(truncatingIfNeeded: level))
      bytes.append(UInt8(truncatingIfNeeded: level >> 8))
    }
    values = bytes.base64EncodedString()
  }
}

/// Some channels of a layer as scripts read them: each scaled to 0 to 255 over its own range, zeros where constant.
struct PageFeatureMaps: Encodable {
  let width: Int
  let height: Int

  /// The channels that there are values of, in order.
  let channels: [Int]

  /// A byte for each value, channel by channel, in Base64.
  let values: String

  /// - Parameters:
  ///   - channels: the channels to take, in order.
  ///   - budget: the most bytes; maps are made smaller until they fit.
  init(_ activation: LayerActivation, channels: [Int], budget: Int) {
    let side = max(2, Int((Double(budget) / Double(max(1, channels.count))).squareRoot()))
    width = min(activation.width, side)
    height = min(activation.height, side)
    self.channels = channels
    var bytes = Data(capacity: channels.count * width * height)
    for channel in channels {
      var map = activation.channel(channel)
      if (map.width, map.height) != (width, height) { map = map.resized(width: width, height: height) }
      bytes.append(contentsOf: map.normalized().values.map { UInt8((min(max($0, 0), 1) * 255).rounded()) })
    }
    values = bytes.base64EncodedString()
  }
}
