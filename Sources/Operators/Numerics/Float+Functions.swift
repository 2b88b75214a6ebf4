/// Functions that loops are vectorized with: plain arithmetic without branches or calls, the same on every machine.
/// They are always inlined, since a call for each element would keep a loop from being vectorized.
///
/// The polynomials are weighted least-squares fits, made minimax by Lawson's iteration, of the functions that the
/// comments name; the errors are measured on two million values each, against double precision.
extension Float {
  /// e to the power of the value, to within 1.4 units in the last place; correct at and beyond both ends of the range.
  @inline(__always)
  var exponential: Float {
    // Beyond these bounds the result is 0 or infinite. A NaN passes both comparisons.
    let x = self < -104 ? -104 : self > 89 ? 89 : self
    // Adding 1.5 · 2²³ rounds to an integer, which then stands in the low bits.
    let shifted = x * 1.442_695_04 + 12_582_912
    let whole = shifted - 12_582_912
    // x − whole · ln 2, with ln 2 in two parts of which the first is exact in few bits.
    let rest = (x - whole * 0.693_359_375) + whole * 2.121_944_4e-4
    // (exp r − 1 − r) / r² for |r| ≤ ln 2 / 2.
    var curve: Float = 0.001_395_049_2
    curve = curve * rest + 0.008_368_89
    curve = curve * rest + 0.041_666_206
    curve = curve * rest + 0.166_665_18
    curve = curve * rest + 0.5
    let mantissa = curve * (rest * rest) + rest + 1
    // In two factors, since 2^whole alone may be beyond the range.
    let power = Int32(bitPattern: shifted.bitPattern) &- 0x4b40_0000
    let half = power &>> 1
    return mantissa * Float.powerOfTwo(half) * Float.powerOfTwo(power &- half)
  }

  /// tanh to within 2.3 units in the last place.
  @inline(__always)
  var hyperbolicTangent: Float {
    let size = magnitude
    let square = size * size
    // (tanh u − u) / u³ for u < 5/8, in u².
    var curve: Float = -0.005_717_044_7
    curve = curve * square + 0.020_650_586
    curve = curve * square - 0.053_743_497
    curve = curve * square + 0.133_314_91
    curve = curve * square - 0.333_332_84
    let near = size + size * square * curve
    let far = 1 - 2 / ((size + size).exponential + 1)
    return Float(signOf: self, magnitudeOf: size < 0.625 ? near : far)
  }

  /// erf to within 1.8e-7 of the value.
  @inline(__always)
  var errorFunction: Float {
    let size = magnitude
    let square = size * size
    // erf(u) / u for u < 0.92, in u².
    var slope: Float = -0.000_601_339_56
    slope = slope * square + 0.004_998_001_3
    slope = slope * square - 0.026_770_232
    slope = slope * square + 0.112_819_27
    slope = slope * square - 0.376_125_07
    slope = slope * square + 1.128_379_1
    // ln(1 − erf u) for 0.92 ≤ u ≤ 4; behind that, erf is 1 in this precision.
    let bounded = size > 4 ? 4 : size
    var curve: Float = -4.377_903_6e-07
    curve = curve * bounded - 1.547_489_2e-05
    curve = curve * bounded + 0.000_403_588_9
    curve = curve * bounded - 0.004_076_23
    curve = curve * bounded + 0.024_941_182
    curve = curve * bounded - 0.108_070_03
    curve = curve * bounded - 0.633_498_6
    curve = curve * bounded - 1.129_453_5
    curve = curve * bounded + 0.000_164_002_92
    let far = 1 - curve.exponential
    return Float(signOf: self, magnitudeOf: size < 0.921_875 ? size * slope : far)
  }

  /// 2 to an integer power of at least −126 and at most 127.
  @inline(__always)
  private static func powerOfTwo(_ power: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: (power &+ 127) &<< 23))
  }
}
