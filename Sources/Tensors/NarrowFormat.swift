/// How the elements of a type that Swift has no type for, all of at most eight bits, stand for numbers. A tensor holds an
/// element's code in the low bits of a byte, whose other bits are 0.
public enum NarrowFormat: Sendable, Hashable {
  case unsigned(bitCount: Int)
  /// Two's complement.
  case signed(bitCount: Int)
  case float(NarrowFloat)
  /// A power of two, by its exponent plus 127; 255 is NaN. There is neither a sign nor a 0.
  case powerOfTwo

  /// nil for types that Swift has a type for, and strings.
  public init?(_ type: ElementType) {
    switch type {
    case .uint2, .uint4: self = .unsigned(bitCount: type.bitCount)
    case .int2, .int4: self = .signed(bitCount: type.bitCount)
    case .float8e4m3fn: self = .float(.e4m3fn)
    case .float8e4m3fnuz: self = .float(.e4m3fnuz)
    case .float8e5m2: self = .float(.e5m2)
    case .float8e5m2fnuz: self = .float(.e5m2fnuz)
    case .float6e2m3: self = .float(.e2m3)
    case .float6e3m2: self = .float(.e3m2)
    case .float4e2m1: self = .float(.e2m1)
    case .float8e8m0: self = .powerOfTwo
    default: return nil
    }
  }

  /// The number that a code stands for, exactly. Bits above the format's are ignored.
  public func value(of code: UInt8) -> Double {
    switch self {
    case .unsigned(let bitCount): Double(code & lowBits(bitCount))
    case .signed(let bitCount): Double(Int8(truncatingIfNeeded: Int(code) << (8 - bitCount)) >> (8 - bitCount))
    case .float(let format): format.value(of: code)
    case .powerOfTwo: code == 255 ? .nan : Double(sign: .plus, exponent: Int(code) - 127, significand: 1)
    }
  }

  /// The code of a number: the nearest for floating-point formats, the even one of two; for integers the number without
  /// its fraction, clamped, with 0 for NaN.
  ///
  /// - Parameters:
  ///   - saturating: whether a floating-point format's largest number stands for all larger ones, and the smallest power
  ///     of two for all smaller ones; else an infinity or NaN does.
  ///   - rounding: which power of two stands for a number between two of them.
  public func code(for value: Double, saturating: Bool = true, rounding: PowerRounding = .up) -> UInt8 {
    switch self {
    case .unsigned(let bitCount):
      return value > 0 ? UInt8(min(value, Double(lowBits(bitCount)))) : 0
    case .signed(let bitCount):
      let largest = Double(lowBits(bitCount - 1))
      let clamped = value.isNaN ? 0 : min(max(value, -largest - 1), largest)
      return UInt8(truncatingIfNeeded: Int(clamped)) & lowBits(bitCount)
    case .float(let format):
      return format.code(for: value, saturating: saturating)
    case .powerOfTwo:
      return powerCode(for: value.magnitude, saturating: saturating, rounding)
    }
  }

  /// The code of a whole number of an integer format: its low bits.
  public func code(ofLowBits value: Int64) -> UInt8 {
    switch self {
    case .unsigned(let bitCount), .signed(let bitCount): UInt8(truncatingIfNeeded: value) & lowBits(bitCount)
    case .float, .powerOfTwo: code(for: Double(value))
    }
  }

  /// How a number between two powers of two becomes one.
  public enum PowerRounding: String, Sendable {
    case up
    case down
    /// The middle goes up.
    case nearest
  }

  private func powerCode(for value: Double, saturating: Bool, _ rounding: PowerRounding) -> UInt8 {
    if value.isNaN { return 255 }
    var exponent = value.isInfinite ? 128 : value == 0 ? -128 : Int(value.exponent)
    if value.isFinite, value > 0 {
      switch rounding {
      case .up: exponent += value.significand > 1 ? 1 : 0
      case .down: break
      case .nearest: exponent += value.significand >= 1.5 ? 1 : 0
      }
    }
    guard !(-127...127).contains(exponent) else { return UInt8(exponent + 127) }
    return saturating ? exponent < 0 ? 0 : 254 : 255
  }

  private func lowBits(_ count: Int) -> UInt8 { UInt8(1 << count - 1) }
}
