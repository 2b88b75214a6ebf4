/// A rectangle of whole pixels, which may reach beyond a picture's borders.
public struct Rectangle: Sendable, Hashable {
  /// The leftmost column.
  public var x: Int
  /// The uppermost row.
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Whether the pixel in column `x` and row `y` lies inside.
  func contains(x: Int, y: Int) -> Bool {
    x >= self.x && x - self.x < width && y >= self.y && y - self.y < height
  }
}
