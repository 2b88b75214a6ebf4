/// A floating-point format of at most eight bits: from high to low a sign, an exponent and a fraction.
///
/// - Source: OCP 8-bit Floating Point Specification; OCP Microscaling Formats; ONNX, "Float stored in 8 bits" (FNUZ).
public struct NarrowFloat: Sendable, Hashable {
  /// Which codes do not stand for numbers.
  enum Specials: Sendable {
    /// Those with the highest exponent: infinity where the fraction is 0, else NaN.
    case highestExponent
    /// Those with all bits of the exponent and the fraction: NaN.
    case allOnes
    /// That of −0, which there is not: NaN.
    case negativeZero
    /// None.
    case none
  }

  let exponentBits: Int
  let fractionBits: Int
  let bias: Int
  let specials: Specials

  static let e4m3fn = NarrowFloat(exponentBits: 4, fractionBits: 3, bias: 7, specials: .allOnes)
  static let e4m3fnuz = NarrowFloat(exponentBits: 4, fractionBits: 3, bias: 8, specials: .negativeZero)
  static let e5m2 = NarrowFloat(exponentBits: 5, fractionBits: 2, bias: 15, specials: .highestExponent)
  static let e5m2fnuz = NarrowFloat(exponentBits: 5, fractionBits: 2, bias: 16, specials: .negativeZero)
  static let e2m3 = NarrowFloat(exponentBits: 2, fractionBits: 3, bias: 1, specials: .none)
  static let e3m2 = NarrowFloat(exponentBits: 3, fractionBits: 2, bias: 3, specials: .none)
  static let e2m1 = NarrowFloat(exponentBits: 2, fractionBits: 1, bias: 1, specials: .none)

  private var signBit: Int { 1 << (exponentBits + fractionBits) }

  /// The code of the largest number.
  private var largestCode: Int {
    switch specials {
    case .highestExponent: infinityCode - 1
    case .allOnes: signBit - 2
    case .negativeZero, .none: signBit - 1
    }
  }

  /// The code with the highest exponent and no fraction.
  private var infinityCode: Int { signBit - 1 << fractionBits }

  /// The number that the low bits of `code` stand for.
  func value(of code: UInt8) -> Double {
    let isNegative = Int(code) & signBit != 0
    let magnitude = Int(code) & (signBit - 1)
    switch specials {
    case .highestExponent where magnitude == infinityCode: return isNegative ? -.infinity : .infinity
    case .highestExponent where magnitude > infinityCode: return .nan
    case .allOnes where magnitude == signBit - 1: return .nan
    case .negativeZero where isNegative && magnitude == 0: return .nan
    default: break
    }
    let exponent = magnitude >> fractionBits
    let fraction = magnitude & (1 << fractionBits - 1)
    let significand = exponent == 0 ? fraction : fraction | 1 << fractionBits
    return Double(
      sign: isNegative ? .minus : .plus, exponent: max(exponent, 1) - bias - fractionBits,
      significand: Double(significand))
  }

  /// The code of the number nearest to `value`, of two the one whose code is even.
  ///
  /// - Parameter saturating: whether what is larger than the largest number becomes that; else it becomes infinite, or
  ///   NaN where there is no infinity. Formats without either always saturate, and their NaN is −0.
  func code(for value: Double, saturating: Bool) -> UInt8 {
    let sign = value.sign == .minus ? signBit : 0
    if value.isNaN { return notANumber(sign: sign) }
    guard value.isFinite else { return overflow(sign: sign, saturating: saturating) }
    let exponent = value == 0 ? 1 - bias : max(Int(value.exponent), 1 - bias)
    // In steps between neighbours of that exponent; twice as many carry over to the next one.
    let steps = Double(sign: .plus, exponent: fractionBits - exponent, significand: value.magnitude)
      .rounded(.toNearestOrEven)
    let code = (exponent + bias - 1) << fractionBits + Int(steps)
    guard code <= largestCode else { return overflow(sign: sign, saturating: saturating) }
    return UInt8(code == 0 && specials == .negativeZero ? 0 : sign | code)
  }

  private func notANumber(sign: Int) -> UInt8 {
    switch specials {
    // The quiet one: the first bit of the fraction is set.
    case .highestExponent: UInt8(sign | infinityCode | 1 << (fractionBits - 1))
    case .allOnes: UInt8(sign | (signBit - 1))
    case .negativeZero, .none: UInt8(signBit)
    }
  }

  private func overflow(sign: Int, saturating: Bool) -> UInt8 {
    if saturating || specials == .none { return UInt8(sign | largestCode) }
    return specials == .highestExponent ? UInt8(sign | infinityCode) : notANumber(sign: sign)
  }
}
