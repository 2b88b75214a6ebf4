/// The pixels of a map from the largest value to the smallest; of equal ones the first in row-major order comes first.
struct PixelRanking: Sendable {
  /// For each pixel its place, from 0.
  let ranks: [UInt32]

  /// - Precondition: all values are finite, and there are fewer than 2³² of them.
  /// - Complexity: O(n log n).
  init(of values: [Float]) {
    // One number a pixel that sorts as wanted: above, the value's bits so that larger values are smaller numbers;
    // below, the place.
    var keys = values.enumerated().map { index, value -> UInt64 in
      // −0 becomes 0, its equal.
      let bits = (value + 0).bitPattern
      let ascending = bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
      return UInt64(~ascending) << 32 | UInt64(index)
    }
    keys.sort()
    var ranks = [UInt32](repeating: 0, count: values.count)
    for (rank, key) in keys.enumerated() { ranks[Int(truncatingIfNeeded: key & 0xffff_ffff)] = UInt32(rank) }
    self.ranks = ranks
  }

  var count: Int { ranks.count }

  /// For each pixel whether it is among the `count` largest.
  func isAmongFirst(_ count: Int) -> [Bool] { ranks.map { $0 < UInt32(count) } }
}
