/// The extent that a product sums over, in blocks whose packed panels stay in the second-level cache.
///
/// The extent is `channels` × `taps`; for plain matrices `taps` is 1. Blocks never change a result: each sum is one
/// chain that the next block continues.
struct DepthBlocks {
  let channels: Int
  let taps: Int
  private let channelsPerBlock: Int
  private let tapsPerBlock: Int

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
    let blocks = max(1, (channels * taps).dividedRoundingUp(by: Self.usualDepth))
    channelsPerBlock = max(1, channels.dividedRoundingUp(by: blocks))
    tapsPerBlock = taps <= Self.largestDepth ? taps : Self.largestDepth
  }

  /// The deepest block there is.
  var largestDepth: Int { (tapsPerBlock < taps ? 1 : channelsPerBlock) * tapsPerBlock }

  /// Calls `body` with each block in order; once with an empty block where there are no channels.
  func forEach(_ body: (Block) -> Void) {
    guard channels > 0 else {
      body(Block(channels: 0..<0, taps: 0..<taps, start: 0))
      return
    }
    for first in stride(from: 0, to: channels, by: channelsPerBlock) {
      let channels = first..<min(first + channelsPerBlock, channels)
      for firstTap in stride(from: 0, to: taps, by: tapsPerBlock) {
        let taps = firstTap..<min(firstTap + tapsPerBlock, self.taps)
        body(Block(channels: channels, taps: taps, start: first * self.taps + firstTap))
      }
    }
  }

  private static let usualDepth = 384
  private static let largestDepth = 1024
}
