extension Shape {
  /// The shape that `self` and `other` broadcast to by NumPy's rule: aligned at the last axis, an extent of 1 repeats.
  ///
  /// - Throws: `ShapeError` where two extents differ and neither is 1.
  /// - Source: ONNX, Broadcasting.md, "Multidirectional Broadcasting".
  public func broadcast(with other: Shape) throws(ShapeError) -> Shape {
    if self == other { return self }
    let rank = max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for fromEnd in 1...max(rank, 1) where rank > 0 {
      let left = fromEnd <= self.rank ? self[self.rank - fromEnd] : 1
      let right = fromEnd <= other.rank ? other[other.rank - fromEnd] : 1
      guard left == right || left == 1 || right == 1 else {
        throw ShapeError("shapes \(self) and \(other) do not broadcast: \(left) against \(right)")
      }
      result[rank - fromEnd] = left == 1 ? right : left
    }
    return try Shape(result)
  }

  /// The row-major strides of `self` read as if it had the shape `target`: 0 along every repeated axis.
  ///
  /// - Precondition: `self` broadcasts to `target`.
  public func strides(broadcastTo target: Shape) -> [Int] {
    let own = strides
    var result = [Int](repeating: 0, count: target.rank)
    for axis in 0..<rank where dimensions[axis] != 1 {
      result[target.rank - rank + axis] = own[axis]
    }
    return result
  }
}
