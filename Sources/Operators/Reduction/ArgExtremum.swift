import Tensors

/// The position of the largest or smallest element along an axis, as int64; of equal ones the first, or the last.
///
/// A NaN counts as larger, for ArgMin as smaller, than all numbers, as in NumPy.
///
/// - Source: ONNX operators ArgMax and ArgMin 1, 11 (negative axis), 12 (`select_last_index`), 13.
struct ArgExtremum: Operator {
  private let isMaximum: Bool
  private let axis: Int
  private let keepsAxis: Bool
  private let takesLast: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    isMaximum = node.operatorName == "ArgMax"
    axis = try node.int("axis") ?? 0
    keepsAxis = try node.flag("keepdims", default: true)
    takesLast = try node.flag("select_last_index")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    let axis = try x.shape.normalizedAxis(axis)
    let layout = try ReductionLayout(x.shape, axes: [axis], keepsAxes: keepsAxis)
    guard layout.rowLength > 0 || layout.result.count == 0 else {
      throw OperatorError.mismatched("axis \(axis) of an input of shape \(x.shape) has no element to choose")
    }
    let rows = try layout.rows(of: x, context).widened(context)
    return [
      try x.elementType.visited(
        by: ArgVisitor(rows: rows, layout: layout, isMaximum: isMaximum, takesLast: takesLast, context: context))
    ]
  }
}

private struct ArgVisitor: NumericVisitor {
  let rows: Tensor
  let layout: ReductionLayout
  let isMaximum: Bool
  let takesLast: Bool
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(layout.result, of: Int64.self, allocator: context.allocator) { result in
      guard result.count > 0 else { return }
      nonisolated(unsafe) let result = result
      rows.withElements(of: type) { elements in
        nonisolated(unsafe) let elements = elements
        layout.forEachRow(context.pool) { row, range in
          result[row] = Int64(position(in: UnsafeBufferPointer(rebasing: elements[range])))
        }
      }
    }
  }

  private func position<Element: NumericElement>(in row: UnsafeBufferPointer<Element>) -> Int {
    var best = 0
    for index in 1..<max(row.count, 1) {
      let (candidate, champion) = (row[index], row[best])
      let isTie = candidate == champion || (candidate.isNaN && champion.isNaN)
      let isBetter =
        champion.isNaN
        ? false : candidate.isNaN || (isMaximum ? candidate > champion : candidate < champion)
      if isBetter || (takesLast && isTie) { best = index }
    }
    return best
  }
}
