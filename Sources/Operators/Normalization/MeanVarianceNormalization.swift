import Tensors

/// y = (x − mean) / (√variance + 1e-9) with the moments along some axes.
///
/// - Source: ONNX operator MeanVarianceNormalization 9, 13, with the small constant of its definition as a function.
struct MeanVarianceNormalization: Operator {
  private let axes: [Int]

  init(_ node: NodeDescription) throws(OperatorError) { axes = try node.ints("axes") ?? [0, 2, 3] }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let reduced = try x.shape.normalizedAxes(axes)
    guard x.count > 0 else { return [x] }
    let groups = AxisGroups(keeping: (0..<x.shape.rank).filter { !reduced.contains($0) }, of: x.shape)
    let rows = try groups.gathered(x, context).widened(context)
    let normalized = try x.elementType.visited(
      byFloating: StandardizationVisitor(x: rows, length: groups.length, context: context))
    return [try groups.scattered(normalized, context).cast(to: x.elementType, context)]
  }
}

private struct StandardizationVisitor: FloatingVisitor {
  let x: Tensor
  let length: Int
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    try x.mapRows(of: type, length: length, context) { source, target, _ in
      let moments = Moments(source, count: length)
      let scale = 1 / (moments.variance.squareRoot() + 1e-9)
      for index in 0..<length {
        target[index] = Element((Double(source[index]) - moments.mean) * scale)
      }
    }
  }
}

extension MeanVarianceNormalization: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  /// See `RowNormalization`.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, x) = (call.context, try call.input(0))
    guard x.count > 0 else { return [x] }
    let reduced = try x.shape.normalizedAxes(axes)
    let groups = AxisGroups(keeping: (0..<x.shape.rank).filter { !reduced.contains($0) }, of: x.shape)
    let rows = RowNormalization(isCentered: true, spread: .rootPlus(epsilon: 1e-9), length: groups.length)
    let gradient = try rows.gradient(
      groups.gathered(call.gradient(), context), of: groups.gathered(x, context), context)
    return [try groups.scattered(gradient, context)]
  }
}
