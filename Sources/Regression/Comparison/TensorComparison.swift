public import Tensors

/// How far a tensor is from a reference of the same shape and element type.
///
/// Floating-point elements are compared under a tolerance; integers, booleans and strings must be equal. Two NaNs agree,
/// and so do two infinities of one sign; a NaN or an infinity that the other tensor has not violates every tolerance and
/// is left out of the sums below, which so stay finite.
public struct TensorComparison: Sendable {
  public let shape: Shape

  public let elementType: ElementType

  /// What the elements were held against.
  public let tolerance: ValueTolerance

  /// max |x − r|; 0 where there is nothing to compare, and for strings.
  public let maxAbsoluteError: Double

  /// The mean of |x − r|.
  public let meanAbsoluteError: Double

  /// The largest |r|: what errors can be measured by.
  public let largestReference: Double

  /// How many elements are outside of the tolerance.
  public let violations: Int

  /// The first element outside of the tolerance, in row-major order.
  public let firstViolation: Place?

  /// The element that is furthest outside, by |x − r| over what is allowed there.
  public let worstViolation: Place?

  /// The largest number of steps between neighbouring numbers of the type that lie between x and r; nil for types other
  /// than float16, bfloat16, float32 and float64.
  ///
  /// - Source: as `numpy.testing.assert_array_max_ulp`: the distance of the bits read as integers that are in the
  ///   order of the numbers; +0 and −0 are one.
  public let maxULPDistance: UInt64?

  /// Σxr / √(Σx² Σr²); nil where one of the tensors is all zeros.
  public let cosine: Double?

  /// 10 log₁₀(max|r|² / mean (x − r)²) in decibels; nil where the tensors are equal or the reference is all zeros.
  public let psnr: Double?

  /// The numbers of NaNs and infinities.
  public let nonFinite: NonFinite

  /// Whether all bits are the same; strings: whether all are equal.
  public let hasSameBits: Bool

  /// One element: where it is, and what was compared.
  public struct Place: Sendable, Hashable {
    /// An index along each axis.
    public let index: [Int]
    public let value: Double
    public let reference: Double

    public init(index: [Int], value: Double, reference: Double) {
      self.index = index
      self.value = value
      self.reference = reference
    }
  }

  /// NaNs and infinities of both tensors.
  public struct NonFinite: Sendable, Hashable {
    public var nans = 0
    public var referenceNaNs = 0
    public var infinities = 0
    public var referenceInfinities = 0
    /// Elements that are not finite in one of the tensors and something else in the other.
    public var disagreements = 0
  }

  /// Compares every element.
  ///
  /// - Parameters:
  ///   - tensor: x in the formulas.
  ///   - reference: r in the formulas.
  /// - Complexity: linear; no copies.
  /// - Throws: `RegressionError` of the kind `mismatched` where shapes or element types differ.
  public init(_ tensor: Tensor, reference: Tensor, tolerance: ValueTolerance) throws(RegressionError) {
    guard tensor.elementType == reference.elementType else {
      throw RegressionError(.mismatched, "is of \(tensor.elementType) instead of \(reference.elementType)")
    }
    guard tensor.shape == reference.shape else {
      throw RegressionError(.mismatched, "has shape \(tensor.shape) instead of \(reference.shape)")
    }
    var sums = ErrorSums(
      tolerance: tensor.elementType.isFloatingPoint ? tolerance : .bitExact,
      largestReference: reference.largestMagnitude)
    if tensor.elementType == .string {
      for (index, pair) in zip(tensor.strings, reference.strings).enumerated() where pair.0 != pair.1 {
        sums.addViolation(at: index, .nan, .nan, excess: .infinity)
      }
    } else {
      sums.add(tensor, reference)
    }
    shape = tensor.shape
    elementType = tensor.elementType
    self.tolerance = tolerance
    maxAbsoluteError = sums.maxError
    meanAbsoluteError = sums.finiteCount > 0 ? sums.errorSum / Double(sums.finiteCount) : 0
    largestReference = sums.largestReference
    violations = sums.violations
    let shape = tensor.shape
    firstViolation = sums.first.map { Place($0, in: shape) }
    worstViolation = sums.worst.map { Place($0.element, in: shape) }
    maxULPDistance = sums.maxULPDistance
    cosine = sums.cosine
    psnr = sums.psnr
    nonFinite = sums.nonFinite
    hasSameBits =
      tensor.elementType == .string
      ? sums.violations == 0
      : tensor.hasSameBytes(as: reference)
  }

  /// The share of elements outside of the tolerance; 0 for a tensor without elements.
  public var violationShare: Double { shape.count == 0 ? 0 : Double(violations) / Double(shape.count) }

  /// Whether the tensor is within the tolerance.
  public var holds: Bool {
    if tolerance.requiresSameBits || !elementType.isFloatingPoint { return hasSameBits }
    guard nonFinite.disagreements == 0, violationShare <= tolerance.violationShare else { return false }
    guard let required = tolerance.cosine, violations > 0 else { return true }
    return (cosine ?? -1) >= required
  }
}

extension TensorComparison.Place {
  fileprivate init(_ element: ErrorSums.Element, in shape: Shape) {
    index = zip(shape.strides, shape.dimensions).map { element.index / $0 % $1 }
    value = element.value
    reference = element.reference
  }
}
