import Tensors

/// Positions in a row-major array: where the first element stands, and how far apart neighbours are along each axis.
///
/// Transposes, slices, repeats and broadcasts are all such views; they differ in steps alone. A step may be 0 (the
/// same element again) or negative (backwards).
struct StridedView {
  /// The extents, outermost first.
  var dimensions: [Int]

  /// Elements from one position to the next along each axis.
  var strides: [Int]

  /// The position of the first element.
  var offset = 0

  init(dimensions: [Int], strides: [Int], offset: Int = 0) {
    self.dimensions = dimensions
    self.strides = strides
    self.offset = offset
  }

  /// All elements of an array of that shape in their own order.
  init(_ shape: Shape) {
    dimensions = shape.dimensions
    strides = shape.strides
  }

  /// The view whose axis i is this one's axis `permutation[i]`.
  func permuted(_ permutation: [Int]) -> StridedView {
    StridedView(
      dimensions: permutation.map { dimensions[$0] }, strides: permutation.map { strides[$0] }, offset: offset)
  }

  /// The same positions in the same order with as few axes as possible: extents of 1 are dropped, and an axis whose
  /// steps continue those of the next is joined with it.
  var coalesced: StridedView {
    var result = StridedView(dimensions: [], strides: [], offset: offset)
    for (extent, step) in zip(dimensions, strides) where extent != 1 {
      if let last = result.strides.last, last == step * extent {
        result.dimensions[result.dimensions.count - 1] *= extent
        result.strides[result.strides.count - 1] = step
      } else {
        result.dimensions.append(extent)
        result.strides.append(step)
      }
    }
    return result
  }
}

/// Walks the positions of a view in order.
struct PositionWalk {
  private let dimensions: [Int]
  private let strides: [Int]
  private var index: [Int]

  /// Where the walk stands.
  private(set) var position: Int

  /// Starts at the `first`-th position.
  ///
  /// - Precondition: no extent is 0.
  init(dimensions: [Int], strides: [Int], offset: Int, first: Int = 0) {
    self.dimensions = dimensions
    self.strides = strides
    index = [Int](repeating: 0, count: dimensions.count)
    position = offset
    var rest = first
    for axis in dimensions.indices.reversed() {
      index[axis] = rest % dimensions[axis]
      rest /= dimensions[axis]
      position += index[axis] * strides[axis]
    }
  }

  /// Goes on to the next position; from the last to the first.
  mutating func advance() {
    var axis = dimensions.count - 1
    while axis >= 0 {
      index[axis] += 1
      position += strides[axis]
      if index[axis] < dimensions[axis] { return }
      position -= strides[axis] * dimensions[axis]
      index[axis] = 0
      axis -= 1
    }
  }
}
