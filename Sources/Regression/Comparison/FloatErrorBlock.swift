/// What is gathered of a fixed number of neighbouring float32 elements, in lanes that are joined in one order.
struct FloatErrorBlock {
  /// The elements of a block.
  static let count = 1024

  private(set) var maxError = 0.0
  private(set) var errorSum = 0.0
  private(set) var squaredErrorSum = 0.0
  private(set) var product = 0.0
  private(set) var squares = 0.0
  private(set) var referenceSquares = 0.0
  private(set) var maxULPDistance: UInt64 = 0
  /// Whether an element is outside of the tolerance.
  private(set) var hasViolations = false
  /// Whether all elements of both sides are finite; else nothing else that is said here holds.
  private(set) var isFinite = true

  private typealias Lanes = SIMD8<Double>

  init(
    _ values: UnsafeBufferPointer<Float>, _ references: UnsafeBufferPointer<Float>, from start: Int,
    _ tolerance: ValueTolerance, _ largestReference: Double
  ) {
    let constant = Lanes(repeating: tolerance.allowedError(at: 0, largest: largestReference))
    let relative = Lanes(repeating: tolerance.relative)
    let infinity = Lanes(repeating: .infinity)
    var (errors, squaredErrors, products) = (Lanes(), Lanes(), Lanes())
    var (ownSquares, otherSquares, largest) = (Lanes(), Lanes(), Lanes())
    var distances = SIMD8<UInt32>()
    var finite = SIMDMask<SIMD8<Int64>>(repeating: true)
    var within = finite
    for place in stride(from: start, to: start + Self.count, by: Lanes.scalarCount) {
      let value = Self.load(values, place)
      let other = Self.load(references, place)
      let (x, r) = (Lanes(value), Lanes(other))
      let difference = x - r
      let error = Self.magnitude(difference)
      errors += error
      squaredErrors += difference * difference
      products += x * r
      ownSquares += x * x
      otherSquares += r * r
      largest = pointwiseMax(largest, error)
      // NaN and infinity of either side make an error that is none or infinite.
      finite .&= (error .< infinity)
      within .&= (error .<= constant + relative * Self.magnitude(r))
      let (a, b) = (Self.ordered(value), Self.ordered(other))
      let distance = SIMD8<UInt32>(truncatingIfNeeded: pointwiseMax(a, b) &- pointwiseMin(a, b))
      distances = pointwiseMax(distances, distance)
    }
    guard all(finite) else {
      isFinite = false
      return
    }
    maxError = largest.max()
    errorSum = errors.sum()
    squaredErrorSum = squaredErrors.sum()
    product = products.sum()
    squares = ownSquares.sum()
    referenceSquares = otherSquares.sum()
    maxULPDistance = UInt64(distances.max())
    hasViolations = !all(within)
  }

  private static func load(_ elements: UnsafeBufferPointer<Float>, _ place: Int) -> SIMD8<Float> {
    UnsafeRawPointer(elements.baseAddress! + place).loadUnaligned(as: SIMD8<Float>.self)
  }

  private static func magnitude(_ lanes: Lanes) -> Lanes {
    Lanes(bits: lanes.bits & SIMD8(repeating: UInt64.max >> 1))
  }

  /// Integers in the order of the numbers, +0 and −0 being one.
  private static func ordered(_ lanes: SIMD8<Float>) -> SIMD8<Int32> {
    let bits = unsafeBitCast(lanes, to: SIMD8<Int32>.self)
    // −1 for negative numbers, whose magnitude's bits are then inverted, and 0 for others.
    let sign = bits &>> 31
    return (bits ^ (sign & Int32.max)) &- sign
  }
}

extension SIMD8<Double> {
  fileprivate var bits: SIMD8<UInt64> { unsafeBitCast(self, to: SIMD8<UInt64>.self) }

  fileprivate init(bits: SIMD8<UInt64>) { self = unsafeBitCast(bits, to: SIMD8<Double>.self) }
}

extension UnsafeBufferPointer<Float> {
  /// The largest magnitude of the finite elements; 0 where there is none.
  var largestMagnitude: Float {
    let lanes = 8
    // Magnitudes are in the order of their bits.
    var largest = SIMD8<Int32>()
    let whole = count / lanes * lanes
    for place in stride(from: 0, to: whole, by: lanes) {
      let bits = UnsafeRawPointer(baseAddress! + place).loadUnaligned(as: SIMD8<Int32>.self) & Int32.max
      let isFinite = (bits &- Int32(bitPattern: Float.infinity.bitPattern)) &>> 31
      largest = pointwiseMax(largest, bits & isFinite)
    }
    let greatest = Float(bitPattern: UInt32(bitPattern: largest.max()))
    return self[whole...].reduce(greatest) { $1.isFinite ? Swift.max($0, $1.magnitude) : $0 }
  }
}
