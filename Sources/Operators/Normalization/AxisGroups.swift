import Tensors

/// The elements of a tensor grouped by their position along some axes; each group is normalized as a whole.
struct AxisGroups {
  /// The tensor's axes with those that tell the groups apart first, and the others behind.
  private let permutation: [Int]

  /// The extents in the order of `permutation`.
  private let shape: Shape

  private let original: Shape

  /// How many groups there are.
  let count: Int

  /// How many elements a group has.
  let length: Int

  /// - Precondition: `kept` are axes of the shape.
  init(keeping kept: [Int], of shape: Shape) {
    permutation = kept + (0..<shape.rank).filter { !kept.contains($0) }
    original = shape
    // The extents are those of a shape, in another order.
    self.shape = try! Shape(permutation.map { shape[$0] })
    count = self.shape.count(of: 0..<kept.count)
    length = self.shape.count(of: kept.count..<shape.rank)
  }

  /// The tensor with the elements of each group next to each other.
  func gathered(_ x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try x.copied(StridedView(original).permuted(permutation), to: shape, context)
  }

  /// What `gathered` has made, in the original order.
  func scattered(_ x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    var inverse = permutation
    for (place, axis) in permutation.enumerated() { inverse[axis] = place }
    return try x.copied(StridedView(shape).permuted(inverse), to: original, context)
  }

  /// The moments of each group.
  ///
  /// - Precondition: the tensor has elements.
  func moments(of x: Tensor, _ context: EvaluationContext) throws -> [Moments] {
    try x.elementType.visited(
      byFloating: MomentsVisitor(x: try gathered(x, context).widened(context), count: count, length: length))
  }
}

private struct MomentsVisitor: FloatingVisitor {
  let x: Tensor
  let count: Int
  let length: Int

  func visit<Element: RealElement>(_ type: Element.Type) -> [Moments] {
    x.withElements(of: type) { elements in
      (0..<count).map { Moments(elements.baseAddress! + $0 * length, count: length) }
    }
  }
}
