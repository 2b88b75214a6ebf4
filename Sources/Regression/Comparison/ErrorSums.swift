import Foundation
import Tensors

/// What is gathered in one pass over two tensors.
struct ErrorSums {
  struct Element {
    let index: Int
    let value: Double
    let reference: Double
  }

  private let tolerance: ValueTolerance
  let largestReference: Double
  private(set) var finiteCount = 0
  private(set) var maxError = 0.0
  private(set) var errorSum = 0.0
  private(set) var violations = 0
  private(set) var first: Element?
  private(set) var worst: (element: Element, excess: Double)?
  private(set) var maxULPDistance: UInt64?
  private(set) var nonFinite = TensorComparison.NonFinite()
  private var squaredErrorSum = 0.0
  private var product = 0.0
  private var squares = 0.0
  private var referenceSquares = 0.0

  init(tolerance: ValueTolerance, largestReference: Double) {
    self.tolerance = tolerance
    self.largestReference = largestReference
  }

  /// Σxr / √(Σx² Σr²), with square roots apart so that large sums do not overflow.
  var cosine: Double? {
    guard squares > 0, referenceSquares > 0 else { return nil }
    let cosine = product / (squares.squareRoot() * referenceSquares.squareRoot())
    return cosine.isFinite ? min(1, max(-1, cosine)) : nil
  }

  var psnr: Double? {
    guard squaredErrorSum > 0, largestReference > 0 else { return nil }
    let decibels = 20 * log10(largestReference) - 10 * log10(squaredErrorSum / Double(finiteCount))
    return decibels.isFinite ? decibels : nil
  }

  /// Takes in all elements of two tensors of one shape and type.
  mutating func add(_ tensor: Tensor, _ reference: Tensor) {
    switch tensor.elementType {
    case .float32: addFloats(tensor, reference)
    case .float64: add(tensor, reference, { (value: Double) in value }, Self.distance)
    case .float16: add(tensor, reference, { (value: Float16) in Double(value) }, Self.distance)
    case .bfloat16: add(tensor, reference, { (value: BFloat16) in Double(value.floatValue) }, Self.distance)
    case .int64: add(tensor, reference, Double.init as (Int64) -> Double, nil)
    case .uint64: add(tensor, reference, Double.init as (UInt64) -> Double, nil)
    case .int32: add(tensor, reference, Double.init as (Int32) -> Double, nil)
    case .uint32: add(tensor, reference, Double.init as (UInt32) -> Double, nil)
    case .int16: add(tensor, reference, Double.init as (Int16) -> Double, nil)
    case .uint16: add(tensor, reference, Double.init as (UInt16) -> Double, nil)
    case .int8: add(tensor, reference, Double.init as (Int8) -> Double, nil)
    case .uint8: add(tensor, reference, Double.init as (UInt8) -> Double, nil)
    case .bool: add(tensor, reference, { (value: Bool) in value ? 1 : 0 }, nil)
    default:
      guard let format = NarrowFormat(tensor.elementType) else { return }
      add(tensor.bitCast(to: .uint8), reference.bitCast(to: .uint8), { (code: UInt8) in format.value(of: code) }, nil)
    }
  }

  private mutating func addFloats(_ tensor: Tensor, _ reference: Tensor) {
    tensor.withElements(of: Float.self) { values in
      reference.withElements(of: Float.self) { references in
        let blocks = values.count / FloatErrorBlock.count
        for block in 0..<blocks {
          let start = block * FloatErrorBlock.count
          add(FloatErrorBlock(values, references, from: start, tolerance, largestReference), values, references, start)
        }
        for index in blocks * FloatErrorBlock.count..<values.count { add(index, values[index], references[index]) }
      }
    }
  }

  /// Takes in the elements from `start` on of which a block tells.
  private mutating func add(
    _ block: FloatErrorBlock, _ values: UnsafeBufferPointer<Float>, _ references: UnsafeBufferPointer<Float>,
    _ start: Int
  ) {
    let places = start..<start + FloatErrorBlock.count
    guard block.isFinite else {
      for index in places { add(index, values[index], references[index]) }
      return
    }
    finiteCount += places.count
    maxError = max(maxError, block.maxError)
    errorSum += block.errorSum
    squaredErrorSum += block.squaredErrorSum
    product += block.product
    squares += block.squares
    referenceSquares += block.referenceSquares
    maxULPDistance = max(maxULPDistance ?? 0, block.maxULPDistance)
    guard block.hasViolations else { return }
    for index in places {
      let (value, reference) = (Double(values[index]), Double(references[index]))
      let (error, allowed) = ((value - reference).magnitude, allowedError(at: reference))
      if error > allowed { addViolation(at: index, value, reference, error: error, allowed: allowed) }
    }
  }

  private mutating func add(_ index: Int, _ value: Float, _ reference: Float) {
    guard add(index, Double(value), Double(reference), isEqual: value == reference) else { return }
    maxULPDistance = max(maxULPDistance ?? 0, value.bitPattern.orderedDistance(reference.bitPattern))
  }

  private func allowedError(at reference: Double) -> Double {
    tolerance.allowedError(at: reference, largest: largestReference)
  }

  private static func distance(_ value: Double, _ reference: Double) -> UInt64 {
    value.bitPattern.orderedDistance(reference.bitPattern)
  }

  private static func distance(_ value: Float16, _ reference: Float16) -> UInt64 {
    value.bitPattern.orderedDistance(reference.bitPattern)
  }

  private static func distance(_ value: BFloat16, _ reference: BFloat16) -> UInt64 {
    value.bitPattern.orderedDistance(reference.bitPattern)
  }

  private mutating func add<Value: TensorElement>(
    _ tensor: Tensor, _ reference: Tensor, _ number: (Value) -> Double,
    _ distance: ((Value, Value) -> UInt64)?
  ) {
    tensor.withElements(of: Value.self) { values in
      reference.withElements(of: Value.self) { references in
        for index in values.indices {
          let (value, expected) = (values[index], references[index])
          let isFinite = add(index, number(value), number(expected), isEqual: value == expected)
          if isFinite, let distance { maxULPDistance = max(maxULPDistance ?? 0, distance(value, expected)) }
        }
      }
    }
  }

  /// Takes in one element.
  ///
  /// - Parameter isEqual: of the elements themselves; integers of 64 bits may differ where their `Double`s do not.
  /// - Returns: whether both are finite.
  private mutating func add(_ index: Int, _ value: Double, _ reference: Double, isEqual: Bool) -> Bool {
    guard value.isFinite, reference.isFinite else {
      if value.isNaN { nonFinite.nans += 1 } else if value.isInfinite { nonFinite.infinities += 1 }
      if reference.isNaN {
        nonFinite.referenceNaNs += 1
      } else if reference.isInfinite {
        nonFinite.referenceInfinities += 1
      }
      if value != reference, !(value.isNaN && reference.isNaN) {
        nonFinite.disagreements += 1
        addViolation(at: index, value, reference, excess: .infinity)
      }
      return false
    }
    let error = (value - reference).magnitude
    finiteCount += 1
    maxError = max(maxError, error)
    errorSum += error
    squaredErrorSum += error * error
    product += value * reference
    squares += value * value
    referenceSquares += reference * reference
    let allowed = allowedError(at: reference)
    if error > allowed {
      addViolation(at: index, value, reference, error: error, allowed: allowed)
    } else if error == 0, !isEqual {
      addViolation(at: index, value, reference, excess: 0)
    }
    return true
  }

  private mutating func addViolation(
    at index: Int, _ value: Double, _ reference: Double, error: Double, allowed: Double
  ) {
    addViolation(at: index, value, reference, excess: allowed > 0 ? error / allowed : error)
  }

  /// Notes an element that is outside of the tolerance by a factor.
  mutating func addViolation(at index: Int, _ value: Double, _ reference: Double, excess: Double) {
    let element = Element(index: index, value: value, reference: reference)
    violations += 1
    if first == nil { first = element }
    if worst.map({ excess > $0.excess }) ?? true { worst = (element, excess) }
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// Steps between two floating-point numbers of which these are the bits, sign and magnitude: the magnitudes' difference
  /// where the signs are the same, else their sum.
  fileprivate func orderedDistance(_ other: Self) -> UInt64 {
    let sign = Self(1) << (Self.bitWidth - 1)
    let (a, b) = (self & ~sign, other & ~sign)
    guard self & sign == other & sign else { return UInt64(a) + UInt64(b) }
    return UInt64(a > b ? a - b : b - a)
  }
}

extension Tensor {
  /// The largest magnitude of the finite elements; 0 where there is none, and for strings.
  var largestMagnitude: Double {
    if elementType == .float32 { return Double(withElements(of: Float.self, \.largestMagnitude)) }
    var largest = 0.0
    forEachNumber { value in
      let magnitude = value.magnitude
      if magnitude.isFinite, magnitude > largest { largest = magnitude }
    }
    return largest
  }

  /// Calls `body` with each element as a `Double`, in row-major order; integers of 64 bits are rounded. Strings have no
  /// numbers.
  @inline(__always)
  func forEachNumber(_ body: (Double) -> Void) {
    switch elementType {
    case .float32: withElements(of: Float.self) { for value in $0 { body(Double(value)) } }
    case .float64: withElements(of: Double.self) { for value in $0 { body(value) } }
    case .float16: withElements(of: Float16.self) { for value in $0 { body(Double(value)) } }
    case .bfloat16: withElements(of: BFloat16.self) { for value in $0 { body(Double(value.floatValue)) } }
    case .int64: withElements(of: Int64.self) { for value in $0 { body(Double(value)) } }
    case .uint64: withElements(of: UInt64.self) { for value in $0 { body(Double(value)) } }
    case .int32: withElements(of: Int32.self) { for value in $0 { body(Double(value)) } }
    case .uint32: withElements(of: UInt32.self) { for value in $0 { body(Double(value)) } }
    case .int16: withElements(of: Int16.self) { for value in $0 { body(Double(value)) } }
    case .uint16: withElements(of: UInt16.self) { for value in $0 { body(Double(value)) } }
    case .int8: withElements(of: Int8.self) { for value in $0 { body(Double(value)) } }
    case .uint8: withElements(of: UInt8.self) { for value in $0 { body(Double(value)) } }
    case .bool: withElements(of: Bool.self) { for value in $0 { body(value ? 1 : 0) } }
    case .string: break
    default:
      guard let format = NarrowFormat(elementType) else { return }
      withUnsafeBytes { for code in $0 { body(format.value(of: code)) } }
    }
  }
}
