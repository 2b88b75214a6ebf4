import Kernels
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
    try mappedChunks(from: Map.Source.elementType, to: Map.Result.elementType, context) { source, target, range in
      let source = source.assumingMemoryBound(to: Map.Source.self)
      let target = target.assumingMemoryBound(to: Map.Result.self)
      for index in range { target[index] = map.result(for: source[index]) }
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

  /// A tensor of the same shape and type that `floats` or `doubles` writes by ranges of elements, by the type that
  /// arithmetic is done in. Not generic, so that the compiler makes no more of each function than its two loops.
  ///
  /// - Throws: `mismatched` where the elements are not floating-point numbers.
  func mappedReals(
    _ context: EvaluationContext,
    floats: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Range<Int>) -> Void,
    doubles: @Sendable (UnsafePointer<Double>, UnsafeMutablePointer<Double>, Range<Int>) -> Void
  ) throws -> Tensor {
    let x = try widened(context)
    let y =
      switch x.elementType {
      case .float32:
        try x.mappedChunks(from: .float32, to: .float32, context) { source, target, range in
          floats(source.assumingMemoryBound(to: Float.self), target.assumingMemoryBound(to: Float.self), range)
        }
      case .float64:
        try x.mappedChunks(from: .float64, to: .float64, context) { source, target, range in
          doubles(source.assumingMemoryBound(to: Double.self), target.assumingMemoryBound(to: Double.self), range)
        }
      default: throw OperatorError.mismatched("an input is of \(elementType); a floating-point type is expected")
      }
    return try y.cast(to: elementType, context)
  }

  /// A tensor of the same shape that `body` writes by ranges of elements, on all threads. Not generic, so that the
  /// compiler makes no more of each map than its loop.
  ///
  /// - Parameter body: takes where the elements of this tensor and those of the result start, and a range of them.
  /// - Precondition: the tensor's elements are of the type `source`.
  private func mappedChunks(
    from source: ElementType, to target: ElementType, _ context: EvaluationContext,
    _ body: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer, Range<Int>) -> Void
  ) throws -> Tensor {
    precondition(elementType == source, "a tensor of \(elementType) read as \(source)")
    return try Tensor(shape, target, allocator: context.allocator) { target in
      withUnsafeBytes { source in
        guard count > 0 else { return }
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEachChunk(of: count, size: ThreadPool.chunk) { body(source, target, $0) }
      }
    }
  }
}

private struct ClosureMap<Source: TensorElement, Result: TensorElement>: ElementMap {
  let function: @Sendable (Source) -> Result

  func result(for x: Source) -> Result { function(x) }
}
