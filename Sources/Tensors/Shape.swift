/// The extents of a tensor, outermost first; a scalar has none. Extents are ≥ 0 and their product fits an `Int`.
public struct Shape: Sendable, Hashable {
  /// The extents, outermost first.
  public let dimensions: [Int]

  /// The number of elements: the product of the extents, 1 for a scalar.
  public let count: Int

  /// - Throws: `ShapeError` where an extent is negative or the product overflows.
  public init(_ dimensions: [Int]) throws(ShapeError) {
    // Taken over the extents that are not 0, so that products of some of them cannot overflow either.
    var product = 1
    var hasZero = false
    for extent in dimensions {
      guard extent >= 0 else { throw ShapeError("shape \(dimensions) has a negative extent") }
      if extent == 0 {
        hasZero = true
        continue
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow, next <= Shape.maximumCount else {
        throw ShapeError("shape \(dimensions) has more elements than can be addressed")
      }
      product = next
    }
    self.dimensions = dimensions
    self.count = hasZero ? 0 : product
  }

  /// The shape of a single element: no extents.
  public static let scalar = Shape(rank0: ())

  private init(rank0: ()) {
    dimensions = []
    count = 1
  }

  /// The most elements a shape may have, so that a byte count of 8-byte elements fits an `Int`.
  static let maximumCount = Int.max / 16

  /// The number of extents.
  public var rank: Int { dimensions.count }

  /// The extent at `axis`, 0 ≤ axis < rank.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// How many elements to step for one step along each axis, in row-major order.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The product of the extents in `range`; 1 for an empty range.
  public func count(of range: Range<Int>) -> Int { dimensions[range].reduce(1, *) }

  /// The axis that ONNX means by `axis`: counted from the end where negative.
  ///
  /// - Throws: `ShapeError` unless -rank ≤ axis < rank.
  public func normalizedAxis(_ axis: Int) throws(ShapeError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw ShapeError("axis \(axis) is outside of a rank-\(rank) shape \(dimensions)")
    }
    return axis < 0 ? axis + rank : axis
  }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[\(dimensions.map(String.init).joined(separator: "×"))]" }
}

/// Extents or axes that no tensor can have.
public struct ShapeError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause without a full stop.
  public let description: String

  public init(_ description: String) { self.description = description }
}
