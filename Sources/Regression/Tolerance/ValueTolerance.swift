/// How far a value may be from its reference.
public struct ValueTolerance: Sendable, Hashable {
  /// Allowed whatever the reference.
  public var absolute: Double

  /// Allowed for each unit of the element's own reference.
  public var relative: Double

  /// Allowed for each unit of the tensor's largest reference. Errors of a sum of products grow with its terms, not with
  /// its result, so that elements near zero need as much room as the others.
  public var scaled: Double

  /// The share of elements that may be outside, from 0 to 1. A NaN or infinity that only one side has may never be.
  public var violationShare: Double

  /// The least cosine of value and reference, asked for only where elements are outside; nil where it does not matter.
  public var cosine: Double?

  /// Whether every bit must be the same, also the sign of zeros and the content of NaNs.
  public var requiresSameBits: Bool

  public init(
    absolute: Double = 0, relative: Double = 0, scaled: Double = 0, violationShare: Double = 0, cosine: Double? = nil,
    requiresSameBits: Bool = false
  ) {
    self.absolute = absolute
    self.relative = relative
    self.scaled = scaled
    self.violationShare = violationShare
    self.cosine = cosine
    self.requiresSameBits = requiresSameBits
  }

  /// All bits the same.
  public static let bitExact = ValueTolerance(requiresSameBits: true)

  /// `absolute` + `relative` · |reference| + `scaled` · largest; the first two terms as in
  /// `numpy.testing.assert_allclose`.
  ///
  /// - Parameter largest: the largest magnitude in the reference tensor.
  public func allowedError(at reference: Double, largest: Double) -> Double {
    absolute + relative * reference.magnitude + scaled * largest
  }
}
