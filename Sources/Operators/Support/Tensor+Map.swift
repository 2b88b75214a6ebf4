import Tensors

extension Tensor {
  /// A tensor of the same shape with `function` of each element.
  ///
  /// - Precondition: `Source` is the tensor's element type.
  @inline(__always)
  func mapped<Source: TensorElement, Result: TensorElement>(
    _ context: EvaluationContext, _ function: @Sendable (Source) -> Result
  ) throws -> Tensor {
    try Tensor(shape, of: Result.self, allocator: context.allocator) { target in
      withElements(of: Source.self) { source in
        guard let from = source.baseAddress, let to = target.baseAddress, !source.isEmpty else { return }
        nonisolated(unsafe) let source = from
        nonisolated(unsafe) let target = to
        context.pool.forEachChunk(of: count) { range in
          for index in range { target[index] = function(source[index]) }
        }
      }
    }
  }
}
