import Tensors

/// The k largest or smallest elements along an axis, in order, and their positions as int64; of equal elements the one
/// with the lower position comes first. NaN counts as larger than all numbers.
///
/// Complexity: n log n for each line of n elements.
///
/// - Source: ONNX operator TopK 1 (k as an attribute), 10 (as an input), 11 (`largest`, `sorted`), 24.
struct TopK: Operator {
  private let axis: Int
  private let count: Int?
  private let takesLargest: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? -1
    takesLargest = try node.flag("largest", default: true)
    // Where the order may be any, the sorted one will do.
    _ = try node.flag("sorted", default: true)
    count = node.version < 10 ? try node.int("k") : nil
    guard count != nil || node.version >= 10 else { throw .malformed("attribute k is missing") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let axis = try x.shape.normalizedAxis(axis)
    let counts = try count.map { [$0] } ?? inputs.integers(1, "K") ?? []
    guard counts.count == 1, counts[0] >= 0, counts[0] <= x.shape[axis] else {
      throw OperatorError.mismatched("k is \(counts) for an axis of \(x.shape[axis])")
    }
    let shape = try x.shape.replacing(axis, by: counts[0])
    let visitor = TopKVisitor(
      x: try x.widened(context), axis: axis, shape: shape, takesLargest: takesLargest, context: context)
    let (values, positions) = try x.elementType.visited(by: visitor)
    return [try values.cast(to: x.elementType, context), positions]
  }
}

private struct TopKVisitor: NumericVisitor {
  let x: Tensor
  let axis: Int
  let shape: Shape
  let takesLargest: Bool
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> (values: Tensor, positions: Tensor) {
    let extent = x.shape[axis]
    let count = shape[axis]
    let inner = shape.count(of: axis + 1..<shape.rank)
    var values: Tensor?
    let positions = try Tensor(shape, of: Int64.self, allocator: context.allocator) { positions in
      values = try Tensor(shape, of: type, allocator: context.allocator) { values in
        guard shape.count > 0 else { return }
        x.withElements(of: type) { elements in
          for line in 0..<shape.count / count {
            let first = line / inner * inner * extent + line % inner
            let order = sortedPositions(extent) { left, right in
              let (a, b) = (elements[first + left * inner], elements[first + right * inner])
              if isBefore(a, b) { return true }
              return isBefore(b, a) ? false : left < right
            }
            let target = line / inner * inner * count + line % inner
            for (rank, position) in order.prefix(count).enumerated() {
              values[target + rank * inner] = elements[first + position * inner]
              positions[target + rank * inner] = Int64(position)
            }
          }
        }
      }
    }
    return (values!, positions)
  }

  private func isBefore<Element: NumericElement>(_ a: Element, _ b: Element) -> Bool {
    let (low, high) = takesLargest ? (b, a) : (a, b)
    return high.isNaN ? !low.isNaN : low < high
  }
}

extension TopK: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  /// ∂L/∂x = ∂L/∂y at the places that the elements were taken from, else 0.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, x) = (try call.gradient(), try call.input(0))
    var inputs = call.operatorInputs.tensors
    inputs[0] = x
    let positions = try evaluate(OperatorInputs(inputs), call.context)[1]
    let axis = try x.shape.normalizedAxis(axis)
    let places = try ElementIndexing(positions, into: x.shape, axis: axis).places()
    let zeros = try Tensor.zeros(x.shape, gradient.elementType, call.context)
    return [try zeros.scattering(gradient, at: places, length: 1, .none, call.context)]
  }
}
