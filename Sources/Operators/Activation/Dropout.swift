import Tensors

/// The input as it is, and a mask that is true everywhere: dropping out is for training alone.
///
/// Where the model itself says that it is training (`training_mode` is true), elements are set to zero with the
/// probability `ratio` and the others scaled by 1 / (1 − ratio); the mask is true for those that are kept.
///
/// - Source: ONNX operator Dropout 1, 6 (`is_test`), 7, 10 (a boolean mask), 12, 13, 22 (ratio and training mode are
///   inputs).
struct Dropout: Operator {
  private let hasModeInput: Bool
  private let hasBooleanMask: Bool
  private let outputCount: Int
  private let seed: UInt32

  init(_ node: NodeDescription) throws(OperatorError) {
    hasModeInput = node.version >= 12
    hasBooleanMask = node.version >= 10
    outputCount = node.outputCount
    seed = UInt32(truncatingIfNeeded: hasModeInput ? try node.int("seed") ?? 0 : 0)
    if node.version < 7, try !node.flag("is_test"), try node.float("ratio") ?? 0.5 != 0 {
      throw .unsupported("it drops at random (is_test is 0), as in training; export the model for inference")
    }
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard outputCount == 1, inputs.first??.isFeatureMap == true else { return nil }
    guard hasModeInput, inputs.count > 2, let mode = inputs[2] else { return .identity }
    return mode.constant?.elementType == .bool && mode.constant?.elements(of: Bool.self) == [false] ? .identity : nil
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    if hasModeInput, let ratio = try trainingRatio(inputs), ratio > 0 { return try dropped(x, ratio, context) }
    guard outputCount > 1 else { return [x] }
    if hasBooleanMask { return [x, try kept(x.shape, context)] }
    let one = try Tensor.scalar(1, of: x.elementType)
    return [x, try one.copied(StridedView(dimensions: [x.count], strides: [0]), to: x.shape, context)]
  }

  private func kept(_ shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(shape, of: Bool.self, allocator: context.allocator) { $0.update(repeating: true) }
  }

  /// The probability with which an element is dropped; nil where the model is not training.
  private func trainingRatio(_ inputs: OperatorInputs) throws -> Double? {
    guard let mode = inputs.optional(2) else { return nil }
    try mode.requireType(.bool, named: "training_mode")
    guard mode.count == 1 else {
      throw OperatorError.mismatched("input training_mode has shape \(mode.shape), not one element")
    }
    guard mode.elements(of: Bool.self)[0] else { return nil }
    guard let input = inputs.optional(1) else { return 0.5 }
    guard input.count == 1, let ratio = try input.requireFloats(named: "ratio").doubles().first, ratio >= 0, ratio < 1
    else { throw OperatorError.mismatched("input ratio is no single number from 0 to below 1") }
    return ratio
  }

  private func dropped(_ x: Tensor, _ ratio: Double, _ context: EvaluationContext) throws -> [Tensor] {
    try x.requireFloats(named: "data")
    var generator = MersenneTwister(seed: seed)
    let mask = try Tensor(x.shape, of: Bool.self, allocator: context.allocator) { mask in
      for index in mask.indices { mask[index] = generator.uniform() >= ratio }
    }
    let scale = 1 / (1 - ratio)
    let y = try Tensor.combined(x.converted(to: .float64, context), mask, context) { (x: Double, isKept: Bool) in
      isKept ? x * scale : 0
    }
    return [try y.rounded(to: x.elementType, context), mask]
  }
}

extension Dropout: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂y.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    if hasModeInput, let ratio = try trainingRatio(call.operatorInputs), ratio > 0 {
      throw OperatorError.unsupported("it drops at random, as in training; export the model for inference")
    }
    return [try call.gradient()]
  }
}
