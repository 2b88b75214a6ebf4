import Tensors

/// y = scale · (x − mean) / √(variance + epsilon) + bias with the moments along the axes from `axis` on. The mean and
/// 1 / √(variance + epsilon) are given as further outputs.
///
/// - Source: ONNX operator LayerNormalization 17.
struct LayerNormalization: Operator {
  private let axis: Int
  private let epsilon: Float
  private let momentType: ElementType
  private let outputCount: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? -1
    epsilon = try node.float("epsilon") ?? 1e-5
    let number = try node.int("stash_type") ?? 1
    guard let type = ElementType(rawValue: Int32(clamping: number)), type == .float32 || type == .bfloat16 else {
      throw .malformed("attribute stash_type is \(number), not 1 (FLOAT) or 16 (BFLOAT16)")
    }
    momentType = type
    outputCount = node.outputCount
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let axis = try x.shape.normalizedAxis(axis)
    let rowShape = try Shape(Array(x.shape.dimensions[axis...]))
    let scale = try inputs.required(1, "Scale").parameters(broadcastTo: rowShape, named: "Scale")
    let bias = try inputs.optional(2)?.parameters(broadcastTo: rowShape, named: "B")
    let momentShape = try Shape(
      Array(x.shape.dimensions[..<axis]) + [Int](repeating: 1, count: x.shape.rank - axis))
    guard rowShape.count > 0 else { throw OperatorError.mismatched("rows of X of shape \(x.shape) are empty") }
    let visitor = LayerNormalizationVisitor(
      x: try x.widened(context), scale: scale, bias: bias, length: rowShape.count, epsilon: epsilon, context: context)
    var outputs = [
      x.count == 0 ? x : try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)
    ]
    if outputCount > 1 {
      let groups = AxisGroups(keeping: Array(0..<axis), of: x.shape)
      let moments = x.count == 0 ? [] : try groups.moments(of: x, context)
      for values in [moments.map(\.mean), moments.map { $0.inverseDeviation(epsilon) }] {
        outputs.append(try Tensor(momentShape, values).cast(to: momentType, context))
      }
    }
    return outputs
  }
}

extension Tensor {
  /// The elements as `Double`s, repeated to fill `shape`.
  ///
  /// - Throws: where they do not broadcast to it.
  func parameters(broadcastTo shape: Shape, named name: String) throws -> [Double] {
    let values = try doubles()
    if self.shape == shape { return values }
    guard try self.shape.broadcast(with: shape) == shape else {
      throw OperatorError.mismatched("\(name) has shape \(self.shape), which does not broadcast to \(shape)")
    }
    guard shape.count > 0 else { return [] }
    let view = StridedView(dimensions: shape.dimensions, strides: self.shape.strides(broadcastTo: shape))
    var walk = PositionWalk(dimensions: view.dimensions, strides: view.strides, offset: 0)
    return (0..<shape.count).map { _ in
      defer { walk.advance() }
      return values[walk.position]
    }
  }
}

private struct LayerNormalizationVisitor: FloatingVisitor {
  let x: Tensor
  let scale: [Double]
  let bias: [Double]?
  let length: Int
  let epsilon: Float
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (length, epsilon) = (length, epsilon)
    let scale = scale.map { Element($0) }
    let bias = bias?.map { Element($0) } ?? [Element](repeating: 0, count: length)
    return try x.mapRows(of: type, length: length, context) { source, target, _ in
      let moments = Moments(source, count: length)
      let mean = Element(moments.mean)
      let inverse = Element(moments.inverseDeviation(epsilon))
      for index in 0..<length {
        target[index] = (source[index] - mean) * inverse * scale[index] + bias[index]
      }
    }
  }
}

extension LayerNormalization: DifferentiableOperator {
  /// See `RowNormalization`.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let rows = RowNormalization(
      isCentered: true, spread: .shiftedRoot(epsilon: epsilon),
      length: shape.count(of: try shape.normalizedAxis(axis)..<shape.rank))
    let scale = try call.shape(1)
    guard call.wanted.count < 3 || !call.wanted[2] || call.inputs[2]?.shape == scale else {
      throw OperatorError.unsupported("gradients of a bias whose shape is not the scale's")
    }
    return try rows.gradients(call, parameterShape: scale)
  }
}
