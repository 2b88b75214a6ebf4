import Tensors

/// Where the elements of an index tensor lie in another tensor: at their own place, but along `axis` at their value.
struct ElementIndexing {
  private let walk: PositionWalk
  private let positions: [Int]
  private let axisStride: Int

  /// - Throws: `mismatched` where the ranks differ, an extent but the axis' is larger than the data's, or an index is
  ///   outside of the axis.
  init(_ indices: Tensor, into data: Shape, axis: Int) throws(OperatorError) {
    let extents = indices.shape.dimensions
    guard extents.count == data.rank,
      extents.indices.allSatisfy({ $0 == axis || extents[$0] <= data[$0] })
    else {
      throw .mismatched("indices have shape \(indices.shape), the data \(data)")
    }
    positions = try indices.positions(along: data[axis], named: "indices")
    var strides = data.strides
    axisStride = strides[axis]
    strides[axis] = 0
    // Without elements there is nothing to walk.
    walk =
      positions.isEmpty
      ? PositionWalk(dimensions: [], strides: [], offset: 0)
      : PositionWalk(dimensions: extents, strides: strides, offset: 0)
  }

  /// The places in the data, in the order of the indices.
  func places() -> [Int] {
    var walk = walk
    return positions.map { position in
      defer { walk.advance() }
      return walk.position + position * axisStride
    }
  }
}
