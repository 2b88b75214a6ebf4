import Tensors

/// The positions of all elements but zeros, row-major, as int64: a row for each axis, a column for each element.
///
/// A scalar counts as a vector of one element.
///
/// - Source: ONNX operator NonZero 9, 13.
struct NonZero: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let found: [Int] =
      switch x.elementType {
      case .bool: x.withElements(of: Bool.self) { elements in elements.indices.filter { elements[$0] } }
      case .string: x.strings.enumerated().filter { !$0.element.isEmpty }.map(\.offset)
      default: try x.elementType.visited(by: NonZeroVisitor(x: try x.widened(context)))
      }
    let extents = x.shape.rank == 0 ? [1] : x.shape.dimensions
    let strides = x.shape.rank == 0 ? [1] : x.shape.strides
    return [
      try Tensor(try Shape([extents.count, found.count]), of: Int64.self, allocator: context.allocator) { result in
        for axis in extents.indices {
          for (column, index) in found.enumerated() {
            result[axis * found.count + column] = Int64(index / strides[axis] % extents[axis])
          }
        }
      }
    ]
  }
}

private struct NonZeroVisitor: NumericVisitor {
  let x: Tensor

  func visit<Element: NumericElement>(_ type: Element.Type) -> [Int] {
    x.withElements(of: type) { elements in elements.indices.filter { elements[$0] != Element.zero } }
  }
}
