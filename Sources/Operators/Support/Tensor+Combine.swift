import Tensors

/// What is made of two elements at the same place. A type of its own, rather than a closure, so that the compiler makes
/// a vectorized loop of it.
protocol ElementPairing: Sendable {
  associatedtype First: TensorElement
  associatedtype Second: TensorElement
  associatedtype Result: TensorElement

  func result(for a: First, _ b: Second) -> Result
}

extension Tensor {
  /// A tensor of what `pairing` makes of the elements of two tensors, which broadcast to its shape.
  ///
  /// - Parameter alignment: how the shape of `second` is read.
  /// - Precondition: the tensors' elements are of the types that the pairing takes.
  static func combined<Pairing: ElementPairing>(
    _ first: Tensor, _ second: Tensor, by pairing: Pairing, alignment: BroadcastAlignment = .multidirectional,
    _ context: EvaluationContext
  ) throws -> Tensor {
    let loop = try BroadcastLoop(first.shape, alignment.aligned(second.shape, to: first.shape))
    return try Tensor(loop.shape, of: Pairing.Result.self, allocator: context.allocator) { target in
      first.withElements(of: Pairing.First.self) { first in
        second.withElements(of: Pairing.Second.self) { second in
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
              for index in 0..<run.count { to[index] = pairing.result(for: left[index], value) }
            } else if isFirstFixed {
              let value = left.pointee
              for index in 0..<run.count { to[index] = pairing.result(for: value, right[index]) }
            } else {
              for index in 0..<run.count { to[index] = pairing.result(for: left[index], right[index]) }
            }
          }
        }
      }
    }
  }

  /// A tensor of `function` of the elements of two tensors, which broadcast to its shape. Slower than with an
  /// `ElementPairing`.
  ///
  /// - Precondition: `First` and `Second` are the tensors' element types.
  static func combined<First: TensorElement, Second: TensorElement, Result: TensorElement>(
    _ first: Tensor, _ second: Tensor, _ context: EvaluationContext, alignment: BroadcastAlignment = .multidirectional,
    _ function: @escaping @Sendable (First, Second) -> Result
  ) throws -> Tensor {
    try combined(first, second, by: ClosurePairing(function: function), alignment: alignment, context)
  }
}

private struct ClosurePairing<First: TensorElement, Second: TensorElement, Result: TensorElement>: ElementPairing {
  let function: @Sendable (First, Second) -> Result

  func result(for a: First, _ b: Second) -> Result { function(a, b) }
}
