/// A rectangle in a picture, from its left and upper edges to its right and lower ones, in pixels; pixel (column, row)
/// covers column…column + 1 and row…row + 1.
public struct PixelBox: Sendable, Hashable {
  public let left: Double
  public let top: Double
  public let right: Double
  public let bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// Whether the pixel's centre lies inside of the box, or nearer than `margin` pixels.
  func contains(column: Int, row: Int, margin: Double = 0) -> Bool {
    let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
    let (dx, dy) = (max(left - x, x - right, 0), max(top - y, y - bottom, 0))
    return margin > 0 ? (dx * dx + dy * dy).squareRoot() <= margin : dx == 0 && dy == 0
  }

  /// The part inside of a picture; nil where there is none.
  public func clipped(width: Int, height: Int) -> PixelBox? {
    let box = PixelBox(
      left: max(left, 0), top: max(top, 0), right: min(right, Double(width)), bottom: min(bottom, Double(height)))
    return box.left < box.right && box.top < box.bottom ? box : nil
  }
}
