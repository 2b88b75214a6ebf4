import Tensors

extension Tensor {
  /// The elements of an int64 or int32 tensor of any shape.
  func integerElements(named name: String) throws(OperatorError) -> [Int] {
    switch elementType {
    case .int64: return elements(of: Int64.self).map { Int($0) }
    case .int32: return elements(of: Int32.self).map { Int($0) }
    default: throw .mismatched("input \(name) is of \(elementType); int64 or int32 is expected")
    }
  }

  /// The elements of an int64 or int32 tensor as positions along an axis of that extent, negative ones counted from its
  /// end.
  ///
  /// - Throws: `mismatched` for one outside of the axis.
  func positions(along extent: Int, named name: String) throws(OperatorError) -> [Int] {
    var positions = try integerElements(named: name)
    for (place, index) in positions.enumerated() {
      positions[place] = try checkedPosition(index, along: extent, named: name)
    }
    return positions
  }
}

/// The position that `index` means along an axis of that extent, counted from its end where negative.
func checkedPosition(_ index: Int, along extent: Int, named name: String) throws(OperatorError) -> Int {
  guard index >= -extent, index < extent else {
    throw .mismatched("input \(name) has an index \(index) that is outside of an axis of \(extent)")
  }
  return index < 0 ? index + extent : index
}
