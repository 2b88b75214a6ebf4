import Tensors

extension Tensor {
  /// A tensor of the same shape, of which `body` makes one run of `length` neighbouring elements after the other.
  ///
  /// - Parameter body: takes a pointer to the run, one to where to write, and the run's index.
  /// - Precondition: the tensor has elements, a multiple of `length`; `Element` is its element type.
  @inline(__always)
  func mapRows<Element: TensorElement>(
    of type: Element.Type, length: Int, _ context: EvaluationContext,
    _ body: @Sendable (UnsafePointer<Element>, UnsafeMutablePointer<Element>, Int) -> Void
  ) throws -> Tensor {
    try Tensor(shape, of: type, allocator: context.allocator) { target in
      withElements(of: type) { source in
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEachChunk(of: count / length, size: max(1, 8192 / length)) { rows in
          for row in rows { body(source + row * length, target + row * length, row) }
        }
      }
    }
  }
}
