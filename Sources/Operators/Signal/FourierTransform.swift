import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A complex number: the real part in `x`, the imaginary part in `y`.
typealias Complex = SIMD2<Double>

extension SIMD2<Double> {
  /// The number of magnitude 1 at `turns` full turns from 1.
  init(turns: Double) { self.init(cos(2 * .pi * turns), sin(2 * .pi * turns)) }

  var conjugate: Complex { Complex(x, -y) }

  func times(_ other: Complex) -> Complex { Complex(x * other.x - y * other.y, x * other.y + y * other.x) }
}

/// The discrete Fourier transform of one length, in double precision.
///
/// Complexity: n log n for any length n.
///
/// - Source: for powers of two J. W. Cooley and J. W. Tukey, "An algorithm for the machine calculation of complex Fourier
///   series", 1965; for the others L. I. Bluestein, "A linear filtering approach to the computation of the discrete
///   Fourier transform", 1970.
struct FourierTransform: Sendable {
  let length: Int

  /// Makes the tables that all transforms of the length share.
  ///
  /// - Throws: `mismatched` for a length below 1, `resourceLimit` for one whose tables pass the memory limit.
  init(length: Int, _ context: EvaluationContext) throws(OperatorError) {
    guard length >= 1 else { throw .mismatched("a Fourier transform of length \(length); at least 1 is expected") }
    let longest = min(context.allocator.limit, 1 << 32) / Self.bytesPerPoint
    guard length <= longest else {
      throw .init(.resourceLimit, "a Fourier transform of length \(length) is longer than the \(longest) allowed")
    }
    self.length = length
    guard length & (length - 1) != 0 else {
      powers = PowerOfTwoTransform(length: length)
      convolution = nil
      return
    }
    // At least 2 · length − 1, so that the ends of the convolution do not meet.
    powers = PowerOfTwoTransform(length: 1 << (Int.bitWidth - (2 * length - 1).leadingZeroBitCount))
    convolution = ChirpConvolution(length: length, powers)
  }

  /// What tables and scratch memory take for each point of a length, at most.
  private static let bytesPerPoint = 256

  private let powers: PowerOfTwoTransform
  private let convolution: ChirpConvolution?

  /// Replaces the values x by Σₙ exp(∓2πi·kn/N) xₙ; the inverse has the positive sign and no factor 1/N.
  ///
  /// - Precondition: there are `length` of them.
  func transform(_ values: inout [Complex], inverse: Bool) {
    precondition(values.count == length)
    if inverse { for index in values.indices { values[index] = values[index].conjugate } }
    if let convolution { convolution.transform(&values, powers) } else { powers.transform(&values) }
    if inverse { for index in values.indices { values[index] = values[index].conjugate } }
  }
}

/// The transform of a length that is a power of two.
private struct PowerOfTwoTransform: Sendable {
  let length: Int

  /// exp(−2πi·k/N) for the k below N/2.
  private let roots: [Complex]

  init(length: Int) {
    self.length = length
    roots = (0..<length / 2).map { Complex(turns: -Double($0) / Double(length)) }
  }

  func transform(_ values: inout [Complex]) {
    guard length > 1 else { return }
    let shift = Int.bitWidth - length.trailingZeroBitCount
    for index in values.indices {
      let mirrored = Int(bitPattern: UInt(bitPattern: index).bitsReversed >> UInt(shift))
      if index < mirrored { values.swapAt(index, mirrored) }
    }
    var half = 1
    while half < length {
      let step = length / (2 * half)
      for start in stride(from: 0, to: length, by: 2 * half) {
        for offset in 0..<half {
          let turned = values[start + half + offset].times(roots[offset * step])
          let other = values[start + offset]
          values[start + offset] = other + turned
          values[start + half + offset] = other - turned
        }
      }
      half *= 2
    }
  }
}

extension UInt {
  fileprivate var bitsReversed: UInt {
    var value = byteSwapped
    value = (value >> 4) & 0x0f0f_0f0f_0f0f_0f0f | (value & 0x0f0f_0f0f_0f0f_0f0f) << 4
    value = (value >> 2) & 0x3333_3333_3333_3333 | (value & 0x3333_3333_3333_3333) << 2
    return (value >> 1) & 0x5555_5555_5555_5555 | (value & 0x5555_5555_5555_5555) << 1
  }
}

/// A transform of any length as a convolution with exp(πi·n²/N), made by transforms of a power of two.
private struct ChirpConvolution: Sendable {
  /// exp(−πi·n²/N) for the n below N.
  private let chirp: [Complex]

  /// The transform of the chirp's conjugate, laid out around the start, over the padded length.
  private let filter: [Complex]

  init(length: Int, _ powers: PowerOfTwoTransform) {
    chirp = (0..<length).map { index in
      // n² modulo 2N, so that no digits are lost.
      Complex(turns: -Double(index * index % (2 * length)) / Double(2 * length))
    }
    var filter = [Complex](repeating: .zero, count: powers.length)
    for (index, value) in chirp.enumerated() {
      filter[index] = value.conjugate
      if index > 0 { filter[powers.length - index] = value.conjugate }
    }
    powers.transform(&filter)
    self.filter = filter
  }

  func transform(_ values: inout [Complex], _ powers: PowerOfTwoTransform) {
    var padded = [Complex](repeating: .zero, count: filter.count)
    for index in values.indices { padded[index] = values[index].times(chirp[index]) }
    powers.transform(&padded)
    // The inverse is the forward transform between conjugates.
    for index in padded.indices { padded[index] = padded[index].times(filter[index]).conjugate }
    powers.transform(&padded)
    let scale = 1 / Double(padded.count)
    for index in values.indices { values[index] = (padded[index].conjugate * scale).times(chirp[index]) }
  }
}
