import Tensors

/// 1 at the first of the largest elements along an axis, 0 elsewhere.
///
/// - Source: ONNX operator Hardmax 1, 11, 13; see `AxisLines`.
struct Hardmax: Operator {
  private let lines: AxisLines

  init(_ node: NodeDescription) throws(OperatorError) { lines = try AxisLines(softmax: node) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    return [try x.elementType.visited(byFloating: HardmaxVisitor(x: x, lines: lines, context: context))]
  }
}

private struct HardmaxVisitor: FloatingVisitor {
  let x: Tensor
  let lines: AxisLines
  let context: EvaluationContext

  func visit<Element: FloatingStorage>(_ type: Element.Type) throws -> Tensor {
    try lines.mapped(x, of: type, context) { line in
      let largest = line.largest
      let place = line.firstIndex { $0 == largest || $0.isNaN }
      for index in line.indices { line[index] = index == place ? 1 : 0 }
    }
  }
}
