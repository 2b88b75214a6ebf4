/// The extent that a product sums over, in blocks whose packed panels stay in the second-level cache.
///
/// The extent is `channels` × `taps`; for plain matrices `taps` is 1. Blocks never change a result: each sum is one
/// chain that the next block continues.
struct DepthBlocks {
  let channels: Int
  let taps: Int
  /// In order; a single empty one where there are no channels.
  let blocks: [Block]

  /// The places of one block.
  struct Block {
    let channels: Range<Int>
    let taps: Range<Int>
    /// The first place, counted over all channels and taps.
    let start: Int

    var depth: Int { channels.count * taps.count }
  }

  init(channels: Int, taps: Int = 1) {
    self.channels = channels
    self.taps = taps
    let count = max(1, (channels * taps).dividedRoundingUp(by: Self.usualDepth))
    let channelsPerBlock = max(1, channels.dividedRoundingUp(by: count))
    let tapsPerBlock = taps <= Self.largestDepth ? taps : Self.largestDepth
    var blocks: [Block] = []
    for first in stride(from: 0, to: channels, by: channelsPerBlock) {
      for firstTap in stride(from: 0, to: taps, by: tapsPerBlock) {
        blocks.append(
          Block(
            channels: first..<min(first + channelsPerBlock, channels),
            taps: firstTap..<min(firstTap + tapsPerBlock, taps),
            start: first * taps + firstTap))
      }
    }
    self.blocks = blocks.isEmpty ? [Block(channels: 0..<0, taps: 0..<taps, start: 0)] : blocks
  }

  /// The deepest block there is.
  var largestDepth: Int { blocks[0].depth }

  private static let usualDepth = 384
  private static let largestDepth = 1024
}
