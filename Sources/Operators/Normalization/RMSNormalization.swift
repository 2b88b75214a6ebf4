import Tensors

/// y = scale · x / √(mean of x² + epsilon) with the mean along the axes from `axis` on.
///
/// - Source: ONNX operator RMSNormalization 23.
struct RMSNormalization: Operator {
  private let axis: Int
  private let epsilon: Float

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? -1
    epsilon = try node.float("epsilon") ?? 1e-5
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let scale = try inputs.required(1, "scale")
    let axis = try x.shape.normalizedAxis(axis)
    let rowShape = try Shape(Array(x.shape.dimensions[axis...]))
    let factors = try scale.parameters(broadcastTo: rowShape, named: "scale")
    guard x.count > 0 else { return [try x.cast(to: scale.elementType, context)] }
    let y = try x.elementType.visited(
      byFloating: RMSNormalizationVisitor(x: try x.widened(context), scale: factors, epsilon: epsilon, context: context)
    )
    return [try y.cast(to: scale.elementType, context)]
  }
}

private struct RMSNormalizationVisitor: FloatingVisitor {
  let x: Tensor
  let scale: [Double]
  let epsilon: Float
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (length, epsilon) = (scale.count, epsilon)
    let scale = scale.map { Element($0) }
    return try x.mapRows(of: type, length: length, context) { source, target, _ in
      let sum = laneSum(length) { index in
        let value = Double(source[index])
        return value * value
      }
      let inverse = Element(1 / (sum / Double(length) + Double(epsilon)).squareRoot())
      for index in 0..<length { target[index] = source[index] * inverse * scale[index] }
    }
  }
}

extension RMSNormalization: DifferentiableOperator {
  /// See `RowNormalization`.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let rows = RowNormalization(
      isCentered: false, spread: .shiftedRoot(epsilon: epsilon),
      length: shape.count(of: try shape.normalizedAxis(axis)..<shape.rank))
    let scale = try call.shape(1)
    guard call.wanted.count < 3 || !call.wanted[2] || call.inputs[2]?.shape == scale else {
      throw OperatorError.unsupported("gradients of a bias whose shape is not the scale's")
    }
    return try rows.gradients(call, parameterShape: scale)
  }
}
