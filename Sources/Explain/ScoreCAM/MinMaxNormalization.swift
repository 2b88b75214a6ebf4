/// Min-max normalization of float planes, in place.
enum MinMaxNormalization {
  /// (v − min) / (max − min + epsilon); zeros where all values are equal.
  ///
  /// - Returns: false where all values are equal.
  @discardableResult
  static func normalize(_ plane: UnsafeMutableBufferPointer<Float>, epsilon: Float) -> Bool {
    normalize(plane, epsilon: epsilon, range: range(of: plane))
  }

  /// The same with a minimum and maximum from elsewhere.
  @discardableResult
  static func normalize(
    _ plane: UnsafeMutableBufferPointer<Float>, epsilon: Float, range: (Float, Float)?
  ) -> Bool {
    guard let (low, high) = range, low < high else {
      plane.update(repeating: 0)
      return false
    }
    let divisor = (high - low) + epsilon
    for index in plane.indices { plane[index] = (plane[index] - low) / divisor }
    return true
  }

  /// The same for each column of a row-major plane by itself.
  ///
  /// - Returns: false where all values are equal in every column.
  @discardableResult
  static func normalizeColumns(
    _ plane: UnsafeMutableBufferPointer<Float>, width: Int, epsilon: Float
  ) -> Bool {
    var lows = Array(plane[0..<width])
    var highs = lows
    for start in stride(from: width, to: plane.count, by: width) {
      for column in 0..<width {
        let value = plane[start + column]
        if value < lows[column] { lows[column] = value }
        if value > highs[column] { highs[column] = value }
      }
    }
    for start in stride(from: 0, to: plane.count, by: width) {
      for column in 0..<width {
        let index = start + column
        plane[index] =
          lows[column] < highs[column]
          ? (plane[index] - lows[column]) / ((highs[column] - lows[column]) + epsilon) : 0
      }
    }
    return zip(lows, highs).contains { $0 < $1 }
  }

  /// The smallest and the largest value; nil where there is none.
  static func range(of plane: UnsafeMutableBufferPointer<Float>) -> (Float, Float)? {
    guard var low = plane.first else { return nil }
    var high = low
    for index in plane.indices {
      let value = plane[index]
      low = value < low ? value : low
      high = value > high ? value : high
    }
    return (low, high)
  }
}
