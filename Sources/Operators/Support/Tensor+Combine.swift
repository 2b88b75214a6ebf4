import Tensors

extension Tensor {
  /// A tensor of `function` of the elements of two tensors, which broadcast to its shape.
  ///
  /// - Parameter alignment: how the shape of `second` is read.
  /// - Precondition: `Left` and `Right` are the tensors' element types.
  @inline(__always)
  static func combined<Left: TensorElement, Right: TensorElement, Result: TensorElement>(
    _ first: Tensor, _ second: Tensor, _ context: EvaluationContext, alignment: BroadcastAlignment = .multidirectional,
    _ function: @Sendable (Left, Right) -> Result
  ) throws -> Tensor {
    let loop = try BroadcastLoop(first.shape, alignment.aligned(second.shape, to: first.shape))
    return try Tensor(loop.shape, of: Result.self, allocator: context.allocator) { target in
      first.withElements(of: Left.self) { first in
        second.withElements(of: Right.self) { second in
          guard loop.shape.count > 0 else { return }
          nonisolated(unsafe) let first = first.baseAddress!
          nonisolated(unsafe) let second = second.baseAddress!
          nonisolated(unsafe) let target = target.baseAddress!
          let isFirstFixed = loop.steps[0] == 0
          let isSecondFixed = loop.steps[1] == 0
          loop.forEachRun(context.pool) { run in
            let to = target + run.target
            let left = first + run.first
            let right = second + run.second
            // Where both are fixed, the run has one element.
            if isSecondFixed {
              let value = right.pointee
              for index in 0..<run.count { to[index] = function(left[index], value) }
            } else if isFirstFixed {
              let value = left.pointee
              for index in 0..<run.count { to[index] = function(value, right[index]) }
            } else {
              for index in 0..<run.count { to[index] = function(left[index], right[index]) }
            }
          }
        }
      }
    }
  }
}
