import Tensors

extension Tensor {
  /// The adjoint of broadcasting: a tensor of `shape`, which broadcasts to this one's shape, whose elements are the sums
  /// of all that were made from each of them.
  func summed(to shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    if shape == self.shape { return self }
    let added = self.shape.rank - shape.rank
    let axes = self.shape.dimensions.indices.filter { axis in
      axis < added || (shape[axis - added] == 1 && self.shape[axis] != 1)
    }
    return try (axes.isEmpty ? self : sum(along: axes, context)).reshaped(to: shape)
  }

  /// The same for the second operand of an operator that aligns it to the first one in a way of its own.
  func summed(
    to shape: Shape, alignedTo first: Shape, by alignment: BroadcastAlignment, _ context: EvaluationContext
  ) throws -> Tensor {
    try summed(to: alignment.aligned(shape, to: first), context).reshaped(to: shape)
  }

  /// The elements repeated to fill `shape`, to which this tensor's broadcasts.
  func repeated(to shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    if shape == self.shape { return self }
    let view = StridedView(dimensions: shape.dimensions, strides: self.shape.strides(broadcastTo: shape))
    return try copied(view, to: shape, context)
  }

  static func zeros(_ shape: Shape, _ type: ElementType, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(shape, type, allocator: context.allocator) { $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }
}
