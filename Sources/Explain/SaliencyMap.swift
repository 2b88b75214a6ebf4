public import Tensors

/// A map of how much each place of a picture speaks for a class, row-major.
public struct SaliencyMap: Sendable, Hashable {
  public let width: Int
  public let height: Int

  /// `width` × `height` values.
  public internal(set) var values: [Float]

  /// - Precondition: there are `width` × `height` values.
  public init(width: Int, height: Int, values: [Float]) {
    precondition(values.count == width * height)
    self.width = width
    self.height = height
    self.values = values
  }

  /// The map as a height×width tensor.
  public var tensor: Tensor {
    // The extents are those of an array in memory.
    Tensor(try! Shape([height, width]), values)
  }

  /// Sets negative values to 0.
  mutating func rectify() {
    for index in values.indices where values[index] < 0 { values[index] = 0 }
  }
}
