/// A small generator whose numbers follow from its start alone.
///
/// - Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// What the state grows by with each number: 2⁶⁴ over the golden ratio, made odd.
  private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= SplitMix.step
    return SplitMix.mixed(state)
  }

  /// Number `index` of those that `next` would give from here on, counted from 0.
  package func number(_ index: Int) -> UInt64 {
    SplitMix.mixed(state &+ (UInt64(truncatingIfNeeded: index) &+ 1) &* SplitMix.step)
  }

  private static func mixed(_ state: UInt64) -> UInt64 {
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

extension UInt64 {
  /// Random bits as a number in 0 ..< 1, a multiple of 2⁻⁵³.
  package var uniform: Double { Double(self >> 11) * 0x1p-53 }

  /// Random bits as a number among 0 ..< `count`. A count far below 2⁶⁴ makes no number likelier than another to speak of.
  package func below(_ count: Int) -> Int { Int(multipliedFullWidth(by: UInt64(count)).high) }
}
