private import Glibc

/// Random numbers by place rather than in a row: number i depends on the seed, the stream and i alone, so that any
/// thread may ask for any of them.
package struct RandomField: Sendable {
  private let generator: SplitMix

  /// - Parameters:
  ///   - seed: what a user gives.
  ///   - stream: tells apart the uses of one seed.
  package init(seed: UInt64, stream: UInt64 = 0) {
    generator = SplitMix(state: SplitMix(state: seed).number(Int(truncatingIfNeeded: stream)))
  }

  /// 64 random bits.
  package func bits(_ index: Int) -> UInt64 { generator.number(index) }

  /// Evenly distributed in 0 ..< 1, a multiple of 2⁻⁵³.
  package func uniform(_ index: Int) -> Double { bits(index).uniform }

  /// Evenly distributed among 0 ..< `count`.
  package func below(_ count: Int, _ index: Int) -> Int { bits(index).below(count) }

  /// Of the normal distribution with mean 0 and standard deviation 1.
  ///
  /// - Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
  package func normal(_ index: Int) -> Double {
    let (radius, angle) = (1 - uniform(2 * index), uniform(2 * index + 1))
    return (-2 * Glibc.log(radius)).squareRoot() * Glibc.cos(2 * .pi * angle)
  }
}

extension Tensor {
  /// Values from −1 to 1 without a pattern, the same every time.
  package static func noise(_ shape: Shape, seed: UInt64 = 0) -> Tensor {
    let field = RandomField(seed: seed)
    return Tensor(shape, (0..<shape.count).map { Float(Int64(bitPattern: field.bits($0)) >> 40) / Float(1 << 23) })
  }
}
