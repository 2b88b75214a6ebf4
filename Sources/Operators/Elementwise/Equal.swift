import Tensors

/// c = whether a and b are equal, element by element; of numbers, truth values or strings.
///
/// - Source: ONNX operator Equal 1 (see `BroadcastAlignment`), 7, 11, 13, 19 (strings).
struct Equal: Comparison {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func holds<Element: NumericElement>(_ a: Element, _ b: Element) -> Bool { a == b }

  func compare(_ a: Tensor, _ b: Tensor, _ context: EvaluationContext) throws -> Tensor {
    switch a.elementType {
    case .bool:
      return try Tensor.combined(a, b, context, alignment: alignment) { (a: Bool, b: Bool) in a == b }
    case .string:
      let loop = try BroadcastLoop(a.shape, alignment.aligned(b.shape, to: a.shape))
      let left = a.strings
      let right = b.strings
      return try Tensor(loop.shape, of: Bool.self, allocator: context.allocator) { target in
        nonisolated(unsafe) let target = target
        loop.forEachRun(context.pool) { run in
          for index in 0..<run.count {
            target[run.target + index] =
              left[run.first + index * loop.steps[0]] == right[run.second + index * loop.steps[1]]
          }
        }
      }
    default:
      return try a.elementType.visited(
        by: ComparisonVisitor(operation: self, a: try a.widened(context), b: try b.widened(context), context: context))
    }
  }
}
