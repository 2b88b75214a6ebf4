import Explain
import Foundation

/// One channel in a page's table.
struct ChannelRow: Encodable {
  let channel: Int
  /// nil for what is not finite.
  let minimum: Double?
  let maximum: Double?
  let score: Double?
  let weight: Double?
  /// The weight times the channel's mean activation, as a share of the sum of all channels' magnitudes.
  let contribution: Double?

  /// An array, which is shorter than an object.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(channel)
    for number in [minimum, maximum, score, weight, contribution] {
      if let number { try container.encode(number) } else { try container.encodeNil() }
    }
  }

  /// The rows of the channels whose weights are largest in magnitude, at most `limit`, largest first.
  static func rows(of channels: ChannelWeights, _ activation: LayerActivation, limit: Int) -> [ChannelRow] {
    let count = min(channels.weights.count, activation.ranges.count)
    let terms = (0..<count).map { channels.weights[$0] * activation.ranges[$0].mean }
    let total = terms.reduce(0) { $0 + abs($1) }
    let order = (0..<count).sorted { (abs(channels.weights[$1]), $0) < (abs(channels.weights[$0]), $1) }
    return order.prefix(limit).map { channel in
      let range = activation.ranges[channel]
      return ChannelRow(
        channel: channel, minimum: rounded(Double(range.minimum)), maximum: rounded(Double(range.maximum)),
        score: rounded(channels.scores[channel]), weight: rounded(channels.weights[channel]),
        contribution: rounded(total > 0 ? terms[channel] / total : 0))
    }
  }

  /// Five significant digits; nil for what is not finite.
  private static func rounded(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    return Double(String(format: "%.5g", value))
  }
}
