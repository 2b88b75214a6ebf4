import Tensors

/// y = scale · (x − mean) / √(variance + epsilon) + bias with values for each channel, x: N×C×….
///
/// In training mode, mean and variance are those of the batch, and the running ones are given as further outputs.
///
/// - Source: ONNX operator BatchNormalization 1, 6 (`is_test`), 7 (`spatial`), 9, 14 (`training_mode`), 15.
struct BatchNormalization: Operator {
  private let epsilon: Float
  private let momentum: Float
  private let isTraining: Bool
  /// Whether the parameters are for each channel; else for each element of a sample.
  private let isSpatial: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    epsilon = try node.float("epsilon") ?? 1e-5
    momentum = try node.float("momentum") ?? 0.9
    isSpatial = node.version < 9 ? try node.flag("spatial", default: true) : true
    isTraining = node.version >= 14 ? try node.flag("training_mode") : false
    let isTest = node.version < 7 ? try node.flag("is_test") : node.outputCount == 1
    guard isTest || node.version >= 14 else {
      throw .unsupported("it normalizes by the batch, as in training; export the model for inference")
    }
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard !isTraining, isSpatial, inputs.count == 5, let x = inputs[0], x.isFeatureMap else { return nil }
    let parameters = inputs[1...].compactMap { try? $0?.constant?.doubles() }
    guard parameters.count == 4, parameters.allSatisfy({ $0.count == x.shape[1] }) else { return nil }
    let (factors, offsets) = factorsAndOffsets(parameters)
    return .channelScale(factors: factors, offsets: offsets)
  }

  /// The form factor · x + offset of the normalization.
  ///
  /// - Parameter parameters: scale, bias, mean, variance.
  private func factorsAndOffsets(_ parameters: [[Double]]) -> (factors: [Double], offsets: [Double]) {
    var factors = parameters[0]
    var offsets = parameters[1]
    for index in factors.indices {
      factors[index] /= (parameters[3][index] + Double(epsilon)).squareRoot()
      offsets[index] -= parameters[2][index] * factors[index]
    }
    return (factors, offsets)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    guard x.shape.rank >= 2 || !isSpatial, x.shape.rank >= 1 else {
      throw OperatorError.mismatched("X has shape \(x.shape); at least N×C is expected")
    }
    let extents = isSpatial ? [x.shape[1]] : Array(x.shape.dimensions.dropFirst())
    var parameters: [[Double]] = []
    for (index, name) in ["scale", "B", "mean", "var"].enumerated() {
      let parameter = try inputs.required(index + 1, name)
      let count = extents.reduce(1, *)
      guard parameter.count == count else {
        throw OperatorError.mismatched("\(name) has shape \(parameter.shape); \(count) elements are expected")
      }
      parameters.append(try parameter.doubles())
    }
    // Aligned at the channel's axis.
    let trailing = isSpatial ? [Int](repeating: 1, count: x.shape.rank - 2) : []
    let shape = try Shape(extents + trailing)
    guard isTraining else {
      return [try normalized(x, parameters, shape, context)]
    }
    return try trained(x, parameters, shape, inputs, context)
  }

  /// - Parameters:
  ///   - parameters: scale, bias, mean, variance.
  ///   - shape: to which the parameters broadcast against `x`.
  private func normalized(
    _ x: Tensor, _ parameters: [[Double]], _ shape: Shape, _ context: EvaluationContext
  ) throws -> Tensor {
    let (factors, offsets) = factorsAndOffsets(parameters)
    return try Tensor.scaledAndShifted(x, by: factors, plus: offsets, shape, context)
  }

  private func trained(
    _ x: Tensor, _ parameters: [[Double]], _ shape: Shape, _ inputs: OperatorInputs, _ context: EvaluationContext
  ) throws -> [Tensor] {
    guard x.count > 0 else { throw OperatorError.mismatched("an empty batch has no mean") }
    let channels = AxisGroups(keeping: [1], of: x.shape)
    let moments = try channels.moments(of: x, context)
    var batch = parameters
    batch[2] = moments.map(\.mean)
    batch[3] = moments.map(\.variance)
    let y = try normalized(x, batch, shape, context)
    var outputs = [y]
    for index in [2, 3] {
      let running = zip(parameters[index], batch[index]).map { $0 * Double(momentum) + $1 * Double(1 - momentum) }
      let given = try inputs.required(index + 1, "running")
      outputs.append(try Tensor(given.shape, running).cast(to: given.elementType, context))
    }
    return outputs
  }
}

extension Tensor {
  /// x · factor + offset, where the factors and offsets, row-major of `shape`, broadcast to x.
  fileprivate static func scaledAndShifted(
    _ x: Tensor, by factors: [Double], plus offsets: [Double], _ shape: Shape, _ context: EvaluationContext
  ) throws -> Tensor {
    let loop = try BroadcastLoop(x.shape, shape)
    guard loop.shape == x.shape else {
      throw OperatorError.mismatched("parameters of shape \(shape) do not broadcast to X of shape \(x.shape)")
    }
    let visitor = ScaleVisitor(
      x: try x.widened(context), factors: factors, offsets: offsets, loop: loop, context: context)
    return try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)
  }
}

private struct ScaleVisitor: FloatingVisitor {
  let x: Tensor
  let factors: [Double]
  let offsets: [Double]
  let loop: BroadcastLoop
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let factors = factors.map { Element($0) }
    let offsets = offsets.map { Element($0) }
    let parameterStep = loop.steps[1]
    return try Tensor(x.shape, of: type, allocator: context.allocator) { target in
      x.withElements(of: type) { source in
        guard x.count > 0 else { return }
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        loop.forEachRun(context.pool) { run in
          let from = source + run.first
          let to = target + run.target
          if parameterStep == 0 {
            let factor = factors[run.second]
            let offset = offsets[run.second]
            for index in 0..<run.count { to[index] = from[index] * factor + offset }
          } else {
            for index in 0..<run.count {
              to[index] = from[index] * factors[run.second + index] + offsets[run.second + index]
            }
          }
        }
      }
    }
  }
}

extension BatchNormalization: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: (wanted[1] || wanted[4] ? [0] : []) + [1, 3, 4])
  }

  /// With r = 1 / √(variance + epsilon): ∂L/∂x = ∂L/∂y · scale · r, and for each channel ∂L/∂scale = Σ ∂L/∂y · (x − mean) · r,
  /// ∂L/∂bias = Σ ∂L/∂y, ∂L/∂mean = −scale · r · Σ ∂L/∂y, and ∂L/∂variance = −scale · r² / 2 · ∂L/∂scale.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    guard !isTraining else {
      throw OperatorError.unsupported("it normalizes by the batch, as in training; export the model for inference")
    }
    let (context, gradient, x) = (call.context, try call.gradient(), try call.shape(0))
    let shape =
      try isSpatial
      ? Shape([x[1]] + [Int](repeating: 1, count: x.rank - 2)) : Shape(Array(x.dimensions.dropFirst()))
    let (scale, variance) = (try call.input(1).doubles(), try call.input(4).doubles())
    func parameter(_ values: [Double]) throws -> Tensor {
      try Tensor(shape, values).converted(to: gradient.elementType, context)
    }
    let inverse = variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }
    let factors = try parameter(zip(scale, inverse).map { $0 * $1 })
    func scaleGradient() throws -> Tensor {
      let distances = try call.input(0).minus(call.input(3).reshaped(to: shape), context)
      return try gradient.times(distances, context).summed(to: shape, context).times(parameter(inverse), context)
    }
    return try call.forEachWanted { index in
      let result =
        switch index {
        case 0: try gradient.times(factors, context)
        case 1: try scaleGradient()
        case 2: try gradient.summed(to: shape, context)
        case 3: try gradient.summed(to: shape, context).times(factors, context).scaled(by: -1, context)
        default:
          try scaleGradient().times(parameter(zip(scale, inverse).map { -0.5 * $0 * $1 * $1 }), context)
        }
      return try result.reshaped(to: call.shape(index))
    }
  }
}
