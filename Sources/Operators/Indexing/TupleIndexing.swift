import Tensors

/// Tuples of indices along the last axis of an index tensor, each naming a slice of another tensor.
struct TupleIndexing {
  /// How many elements a slice has.
  let sliceLength: Int

  /// The extents of a slice.
  let sliceExtents: [Int]

  /// The first element of each tuple's slice.
  let places: [Int]

  /// - Parameter batchAxes: how many leading axes data and indices share.
  /// - Throws: `mismatched` where the shapes do not fit or an index is outside of its axis.
  init(_ indices: Tensor, into data: Shape, batchAxes: Int = 0) throws(OperatorError) {
    let extents = indices.shape.dimensions
    guard batchAxes >= 0, let tuple = extents.last, batchAxes < extents.count, tuple >= 1,
      tuple <= data.rank - batchAxes,
      data.dimensions.prefix(batchAxes) == extents.prefix(batchAxes)
    else {
      throw .mismatched(
        "indices have shape \(indices.shape), the data \(data), of which \(batchAxes) axes are the batch's")
    }
    let strides = data.strides
    let first = batchAxes + tuple
    sliceExtents = Array(data.dimensions[first...])
    sliceLength = data.count(of: first..<data.rank)
    let values = try indices.integerElements(named: "indices")
    let tuples = indices.shape.count(of: 0..<extents.count - 1)
    let perBatch = indices.shape.count(of: batchAxes..<extents.count - 1)
    let batchLength = data.count(of: batchAxes..<data.rank)
    var places: [Int] = []
    places.reserveCapacity(tuples)
    for number in 0..<tuples {
      var place = number / perBatch * batchLength
      for part in 0..<tuple {
        let axis = batchAxes + part
        let position = try checkedPosition(values[number * tuple + part], along: data[axis], named: "indices")
        place += position * strides[axis]
      }
      places.append(place)
    }
    self.places = places
  }
}
