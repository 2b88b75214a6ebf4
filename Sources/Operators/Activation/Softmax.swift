import Tensors

/// y = exp(x) / Σ exp(x) along an axis, computed relative to the largest so that nothing overflows.
///
/// - Source: ONNX operator Softmax 1, 11, 13; see `AxisLines`.
struct Softmax: Operator {
  private let lines: AxisLines

  init(_ node: NodeDescription) throws(OperatorError) { lines = try AxisLines(softmax: node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    return [try x.elementType.visited(byFloating: SoftmaxVisitor(x: x, lines: lines, context: context))]
  }
}

private struct SoftmaxVisitor: FloatingVisitor {
  let x: Tensor
  let lines: AxisLines
  let context: EvaluationContext

  func visit<Element: FloatingStorage>(_ type: Element.Type) throws -> Tensor {
    try lines.mapped(x, of: type, context) { line in
      line.subtract(line.largest)
      for index in line.indices { line[index] = line[index].exponential }
      let scale = Element.Real(1 / laneSum(line.count) { Double(line[$0]) })
      for index in line.indices { line[index] *= scale }
    }
  }
}
