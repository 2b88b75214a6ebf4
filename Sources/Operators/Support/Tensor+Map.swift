import Tensors

/// What is made of each element of a tensor. A type of its own, rather than a closure, so that the compiler makes a
/// vectorized loop of it.
protocol ElementMap: Sendable {
  associatedtype Source: TensorElement
  associatedtype Result: TensorElement

  func result(for x: Source) -> Result
}

extension Tensor {
  /// A tensor of the same shape with what `map` makes of each element.
  ///
  /// - Precondition: the tensor's elements are of the type that the map takes.
  func mapped<Map: ElementMap>(by map: Map, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(shape, of: Map.Result.self, allocator: context.allocator) { target in
      withElements(of: Map.Source.self) { source in
        guard !source.isEmpty else { return }
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEachChunk(of: count) { range in
          for index in range { target[index] = map.result(for: source[index]) }
        }
      }
    }
  }

  /// A tensor of the same shape with `function` of each element. Slower than with an `ElementMap`.
  ///
  /// - Precondition: `Source` is the tensor's element type.
  func mapped<Source: TensorElement, Result: TensorElement>(
    _ context: EvaluationContext, _ function: @escaping @Sendable (Source) -> Result
  ) throws -> Tensor {
    try mapped(by: ClosureMap(function: function), context)
  }
}

private struct ClosureMap<Source: TensorElement, Result: TensorElement>: ElementMap {
  let function: @Sendable (Source) -> Result

  func result(for x: Source) -> Result { function(x) }
}
