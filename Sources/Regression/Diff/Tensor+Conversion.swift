import Tensors

extension Tensor {
  /// The same numbers as float32, float64 or float16, rounded; itself where it is of the type already, nil for other
  /// types.
  func converted(to type: ElementType) -> Tensor? {
    guard type != elementType else { return self }
    guard elementType.isFloatingPoint else { return nil }
    return switch type {
    case .float32: Tensor(shape, numbers.map { Float($0) })
    case .float64: Tensor(shape, numbers)
    case .float16: Tensor(shape, numbers.map { Float16($0) })
    default: nil
    }
  }

  /// The same elements in a shape that differs by extents of 1 alone; nil for other shapes.
  func viewed(as other: Shape) -> Tensor? {
    guard shape != other else { return self }
    guard shape.dimensions.filter({ $0 != 1 }) == other.dimensions.filter({ $0 != 1 }) else { return nil }
    return try? reshaped(to: other)
  }
}
