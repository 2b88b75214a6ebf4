import Tensors

/// y = scale · (x − mean) / √(variance + epsilon) + bias with the moments of groups of channels, x: N×C×….
///
/// - Source: ONNX operators InstanceNormalization 1, 6, 22 (each channel is a group) and GroupNormalization 18 (scale
///   and bias for each group), 21 (for each channel).
struct ChannelNormalization: Operator {
  private let epsilon: Float
  /// nil: as many as there are channels.
  private let groupCount: Int?
  private let isScaledPerGroup: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    epsilon = try node.float("epsilon") ?? 1e-5
    guard node.operatorName == "GroupNormalization" else {
      groupCount = nil
      isScaledPerGroup = false
      return
    }
    guard let count = try node.int("num_groups") else { throw .malformed("attribute num_groups is missing") }
    guard count > 0 else { throw .malformed("attribute num_groups is \(count)") }
    groupCount = count
    isScaledPerGroup = node.version < 21
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    guard x.shape.rank >= 2 else { throw OperatorError.mismatched("X has shape \(x.shape); at least N×C is expected") }
    let channels = x.shape[1]
    let groups = groupCount ?? channels
    guard groups > 0, channels % groups == 0 else {
      throw OperatorError.mismatched("\(channels) channels do not fall into \(groups) groups")
    }
    let expected = isScaledPerGroup ? groups : channels
    var parameters: [[Double]] = []
    for (index, name) in ["scale", "bias"].enumerated() {
      let parameter = try inputs.required(index + 1, name)
      guard parameter.count == expected else {
        throw OperatorError.mismatched("\(name) has shape \(parameter.shape); \(expected) elements are expected")
      }
      let values = try parameter.doubles()
      parameters.append(isScaledPerGroup ? (0..<channels).map { values[$0 / (channels / groups)] } : values)
    }
    guard x.count > 0 else { return [x] }
    let visitor = ChannelNormalizationVisitor(
      x: try x.widened(context), scale: parameters[0], bias: parameters[1], groupSize: channels / groups,
      epsilon: epsilon, context: context)
    return [try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)]
  }
}

private struct ChannelNormalizationVisitor: FloatingVisitor {
  let x: Tensor
  /// For each channel.
  let scale: [Double]
  let bias: [Double]
  /// Channels of a group.
  let groupSize: Int
  let epsilon: Float
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (scale, bias, groupSize, epsilon) = (scale, bias, groupSize, epsilon)
    let plane = x.count / x.shape[0] / x.shape[1]
    let groups = scale.count / groupSize
    return try x.mapRows(of: type, length: plane * groupSize, context) { source, target, row in
      let moments = Moments(source, count: plane * groupSize)
      let inverse = moments.inverseDeviation(epsilon)
      for member in 0..<groupSize {
        let channel = row % groups * groupSize + member
        let factor = Element(inverse * scale[channel])
        let offset = Element(bias[channel] - moments.mean * inverse * scale[channel])
        let start = member * plane
        for index in start..<start + plane {
          target[index] = source[index] * factor + offset
        }
      }
    }
  }
}

extension ChannelNormalization: DifferentiableOperator {
  /// See `RowNormalization`; a row is a group of an image's channels.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let groups = groupCount ?? shape[1]
    guard shape.count > 0 else { return try call.forEachWanted { try .zeros(call.shape($0), .float64, call.context) } }
    let rows = RowNormalization(
      isCentered: true, spread: .shiftedRoot(epsilon: epsilon), length: shape.count / shape[0] / groups)
    let spatial = shape.rank - 2
    guard isScaledPerGroup else {
      return try rows.gradients(
        call, parameterShape: Shape([shape[1]] + [Int](repeating: 1, count: spatial)))
    }
    // A group's channels as an axis of their own, so that the groups' parameters broadcast.
    let split = try Shape([shape[0], groups, shape[1] / groups] + shape.dimensions[2...])
    let inner = try GradientCall(
      inputs: call.inputs.enumerated().map { index, value in
        try index == 0 ? GradientCall.Value(call.input(0).reshaped(to: split)) : value
      }, outputs: call.outputs, gradients: [call.gradient().reshaped(to: split)], wanted: call.wanted,
      context: call.context)
    var gradients = try rows.gradients(
      inner, parameterShape: Shape([groups] + [Int](repeating: 1, count: spatial + 1)))
    gradients[0] = try gradients[0]?.reshaped(to: shape)
    return gradients
  }
}
