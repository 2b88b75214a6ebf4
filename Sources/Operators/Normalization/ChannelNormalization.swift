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
