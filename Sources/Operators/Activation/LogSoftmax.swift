import Tensors

/// y = x − ln Σ exp(x) along an axis, computed relative to the largest so that nothing overflows.
///
/// - Source: ONNX operator LogSoftmax 1, 11, 13; see `AxisLines`.
struct LogSoftmax: Operator {
  private let lines: AxisLines

  init(_ node: NodeDescription) throws(OperatorError) { lines = try AxisLines(softmax: node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    return [try x.elementType.visited(byFloating: LogSoftmaxVisitor(x: x, lines: lines, context: context))]
  }
}

private struct LogSoftmaxVisitor: FloatingVisitor {
  let x: Tensor
  let lines: AxisLines
  let context: EvaluationContext

  func visit<Element: FloatingStorage>(_ type: Element.Type) throws -> Tensor {
    try lines.mapped(x, of: type, context) { line in
      line.subtract(line.largest)
      var sum = 0.0
      for value in line { sum += Double(value.exponential) }
      line.subtract(Element.Real(sum.naturalLogarithm))
    }
  }
}
