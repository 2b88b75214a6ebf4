import Tensors

/// The Mersenne Twister MT19937, with the uniform and normal numbers that NumPy's `RandomState` makes of it: a seed
/// gives the same numbers as there.
///
/// - Source: Matsumoto and Nishimura, ACM TOMACS 8 (1998); for the normal numbers Marsaglia's polar method.
struct MersenneTwister {
  private static let size = 624
  private static let middle = 397

  private var state: [UInt32]
  private var next = MersenneTwister.size
  /// The second of a pair of normal numbers.
  private var spareNormal: Double?

  init(seed: UInt32) {
    state = [seed]
    for index in 1..<MersenneTwister.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
    }
  }

  /// 32 random bits.
  private mutating func bits() -> UInt32 {
    if next == MersenneTwister.size { refill() }
    var word = state[next]
    next += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return word ^ (word >> 18)
  }

  private mutating func refill() {
    let size = MersenneTwister.size
    for index in 0..<size {
      let joined = (state[index] & 0x8000_0000) | (state[(index + 1) % size] & 0x7fff_ffff)
      let twisted = (joined >> 1) ^ (joined & 1 == 0 ? 0 : 0x9908_b0df)
      state[index] = state[(index + MersenneTwister.middle) % size] ^ twisted
    }
    next = 0
  }

  /// A number that is evenly distributed over 0 ..< 1, in steps of 2⁻⁵³.
  mutating func uniform() -> Double {
    let high = bits() >> 5
    let low = bits() >> 6
    return (Double(high) * 0x1p26 + Double(low)) * 0x1p-53
  }

  /// A number of the normal distribution with mean 0 and variance 1.
  mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      guard square < 1, square != 0 else { continue }
      let factor = (-2 * square.naturalLogarithm / square).squareRoot()
      spareNormal = factor * x
      return factor * y
    }
  }
}

extension NodeDescription {
  /// A generator that starts from the attribute `seed`, or from 0 where it is left out, so that a model gives the same
  /// results in every run. Of a number that is no 32-bit seed, the bits as a float are taken.
  func randomGenerator() throws(OperatorError) -> MersenneTwister {
    let seed = try float("seed") ?? 0
    return MersenneTwister(seed: UInt32(exactly: seed) ?? seed.bitPattern)
  }

  /// The attribute `dtype`, which must name a floating-point type; nil where it is left out.
  func randomType() throws(OperatorError) -> ElementType? {
    guard let type = try elementType("dtype") else { return nil }
    guard type.isFloatingPoint else { throw .malformed("attribute dtype is \(type), no floating-point type") }
    return type
  }
}
