import Tensors

/// The elements at given positions along the last axis; of a list as a matrix of one row.
///
/// - Source: ONNX operator ArrayFeatureExtractor of ai.onnx.ml 1; the row as in onnxruntime.
struct ArrayFeatureExtractor: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let y = try inputs.required(1, "Y")
    try y.requireType(.int64, named: "Y")
    guard x.shape.rank >= 1, y.count >= 1 else {
      throw OperatorError.mismatched("no features of X, of shape \(x.shape), by \(y.count) positions")
    }
    let extent = x.shape[x.shape.rank - 1]
    // Unlike elsewhere, none counts from the end.
    let positions = y.elements(of: Int64.self).map { Int($0) }
    if let bad = positions.first(where: { $0 < 0 || $0 >= extent }) {
      throw OperatorError.mismatched("position \(bad) of Y is outside of the \(extent) features of X")
    }
    let rows = x.shape.rank == 1 ? [1] : Array(x.shape.dimensions.dropLast())
    let shape = try Shape(rows + [positions.count])
    return [
      try x.gatheringBlocks(of: 1, count: shape.count, to: shape, context) { index in
        index / positions.count * extent + positions[index % positions.count]
      }
    ]
  }
}

/// The inputs, matrices or lists that count as one row, side by side as float32.
///
/// - Source: ONNX operator FeatureVectorizer of ai.onnx.ml 1.
struct FeatureVectorizer: Operator {
  private let widths: [Int]

  init(_ node: NodeDescription) throws(OperatorError) { widths = try node.ints("inputdimensions") ?? [] }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let parts = try inputs.all().enumerated().map { index, x in try Features(x, named: "input \(index)") }
    guard parts.count == widths.count, zip(parts, widths).allSatisfy({ $0.width == $1 }),
      let rowCount = parts.first?.rowCount, parts.allSatisfy({ $0.rowCount == rowCount })
    else {
      throw OperatorError.mismatched(
        "inputs of widths \(parts.map(\.width)) and rows \(parts.map(\.rowCount)) do not fit inputdimensions \(widths)")
    }
    let shape = try Shape([rowCount, widths.reduce(0, +)])
    return [
      try Tensor(shape, of: Float.self, allocator: context.allocator) { result in
        var place = 0
        for row in 0..<rowCount {
          for part in parts {
            for value in part[row] {
              result[place] = Float(value)
              place += 1
            }
          }
        }
      }
    ]
  }
}
