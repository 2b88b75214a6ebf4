import Tensors

/// The input's extents as int64, from axis `start` up to and without `end`.
///
/// - Source: ONNX operator Shape 1, 13, 15 (start, end), 19, 21, 23, 24, 25.
struct ShapeOf: Operator {
  private let start: Int
  private let end: Int?

  init(_ node: NodeDescription) throws(OperatorError) {
    start = node.version >= 15 ? try node.int("start") ?? 0 : 0
    end = node.version >= 15 ? try node.int("end") : nil
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let extents = try inputs.required(0, "data").shape.dimensions
    let range = SliceRange(start: start, end: end ?? extents.count, step: 1, extent: extents.count)
    let part = extents[range.first..<range.first + range.count]
    return [Tensor(try Shape([part.count]), part.map { Int64($0) })]
  }
}
