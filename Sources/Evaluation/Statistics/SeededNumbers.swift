import Foundation
import Tensors

/// Random numbers that follow from a seed and a purpose, so that no two purposes share theirs and no order of work
/// changes them.
///
/// - Source: FNV-1a for the purpose's hash; Box and Muller, 1958, for normal numbers.
struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var numbers: SplitMix
  private var spare: Double?

  init(_ seed: UInt64, _ purpose: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    // One step, so that seeds which differ little start far apart.
    var start = SplitMix(state: seed)
    numbers = SplitMix(state: start.next() ^ hash)
  }

  mutating func next() -> UInt64 { numbers.next() }

  /// A number below `bound`.
  mutating func next(below bound: Int) -> Int { next().below(bound) }

  /// A number in 0..<1 with 53 random bits.
  mutating func nextUnit() -> Double { next().uniform }

  /// A number of mean 0 and standard deviation 1.
  mutating func nextNormal() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    // 1 − u is never 0.
    let radius = (-2 * log(1 - nextUnit())).squareRoot()
    let angle = 2 * Double.pi * nextUnit()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
