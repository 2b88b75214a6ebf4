import Kernels
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
    precondition(first.elementType == Pairing.First.elementType && second.elementType == Pairing.Second.elementType)
    return try combinedRuns(first, second, to: Pairing.Result.elementType, alignment, context) { run in
      let to = run.target.assumingMemoryBound(to: Pairing.Result.self)
      let left = run.first.assumingMemoryBound(to: Pairing.First.self)
      let right = run.second.assumingMemoryBound(to: Pairing.Second.self)
      switch run.fixed {
      case .second:
        let value = right.pointee
        for index in 0..<run.count { to[index] = pairing.result(for: left[index], value) }
      case .first:
        let value = left.pointee
        for index in 0..<run.count { to[index] = pairing.result(for: value, right[index]) }
      case .none:
        for index in 0..<run.count { to[index] = pairing.result(for: left[index], right[index]) }
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

  /// A tensor that `body` writes run by run, on all threads. Not generic, so that the compiler makes no more of each
  /// pairing than its loops.
  private static func combinedRuns(
    _ first: Tensor, _ second: Tensor, to result: ElementType, _ alignment: BroadcastAlignment,
    _ context: EvaluationContext, _ body: @Sendable (PairRun) -> Void
  ) throws -> Tensor {
    let loop = try BroadcastLoop(first.shape, alignment.aligned(second.shape, to: first.shape))
    // Where both are fixed, the run has one element.
    let fixed: PairRun.Fixed = loop.steps[1] == 0 ? .second : loop.steps[0] == 0 ? .first : .none
    let (firstSize, secondSize) = (first.elementType.byteCount, second.elementType.byteCount)
    return try Tensor(loop.shape, result, allocator: context.allocator) { target in
      first.withUnsafeBytes { first in
        second.withUnsafeBytes { second in
          guard loop.shape.count > 0 else { return }
          nonisolated(unsafe) let first = first.baseAddress!
          nonisolated(unsafe) let second = second.baseAddress!
          nonisolated(unsafe) let target = target.baseAddress!
          loop.forEachRun(context.pool) { run in
            body(
              PairRun(
                target: target + run.target * result.byteCount, first: first + run.first * firstSize,
                second: second + run.second * secondSize, count: run.count, fixed: fixed))
          }
        }
      }
    }
  }
}

/// Neighbouring elements of a result, and what they are made of.
private struct PairRun {
  /// The operand that stays at one element.
  enum Fixed {
    case none, first, second
  }

  let target: UnsafeMutableRawPointer
  let first: UnsafeRawPointer
  let second: UnsafeRawPointer
  let count: Int
  let fixed: Fixed
}

private struct ClosurePairing<First: TensorElement, Second: TensorElement, Result: TensorElement>: ElementPairing {
  let function: @Sendable (First, Second) -> Result

  func result(for a: First, _ b: Second) -> Result { function(a, b) }
}
