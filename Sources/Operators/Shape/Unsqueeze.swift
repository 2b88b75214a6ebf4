import Tensors

/// The input with additional axes of extent 1; `axes` are places in the output's shape.
///
/// - Source: ONNX operator Unsqueeze 1, 11 (negative axes), 13 (axes as an input), 21, 23, 24, 25.
struct Unsqueeze: Operator {
  private let axes: ListParameter

  init(_ node: NodeDescription) throws(OperatorError) {
    axes = try ListParameter(node, "axes", inputFrom: 13, at: 1)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    let wanted = try axes.required(inputs, "axes")
    let rank = x.shape.rank + wanted.count
    let added = try Shape([Int](repeating: 1, count: rank)).normalizedAxes(wanted)
    var isAdded = [Bool](repeating: false, count: rank)
    for axis in added { isAdded[axis] = true }
    var rest = x.shape.dimensions.makeIterator()
    return [try x.reshaped(to: try Shape(isAdded.map { $0 ? 1 : rest.next()! }))]
  }
}

extension Unsqueeze: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is ∂L/∂y in the shape of x.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try call.gradient().reshaped(to: call.shape(0))]
  }
}
