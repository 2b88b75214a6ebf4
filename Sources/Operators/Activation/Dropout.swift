import Tensors

/// The input as it is, and a mask that is true everywhere: dropping out is for training alone.
///
/// - Source: ONNX operator Dropout 1, 6 (`is_test`), 7, 10 (a boolean mask), 12, 13, 22 (ratio and training mode are
///   inputs).
struct Dropout: Operator {
  private let hasModeInput: Bool
  private let hasBooleanMask: Bool
  private let outputCount: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    hasModeInput = node.version >= 12
    hasBooleanMask = node.version >= 10
    outputCount = node.outputCount
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
    if hasModeInput { try requireInference(inputs) }
    guard outputCount > 1 else { return [x] }
    if hasBooleanMask { return [x, try kept(x.shape, context)] }
    let one = try Tensor.scalar(1, of: x.elementType)
    return [x, try one.copied(StridedView(dimensions: [x.count], strides: [0]), to: x.shape, context)]
  }

  private func kept(_ shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(shape, of: Bool.self, allocator: context.allocator) { $0.update(repeating: true) }
  }

  private func requireInference(_ inputs: OperatorInputs) throws {
    guard let mode = inputs.optional(2) else { return }
    try mode.requireType(.bool, named: "training_mode")
    guard mode.count == 1 else {
      throw OperatorError.mismatched("input training_mode has shape \(mode.shape), not one element")
    }
    guard mode.elements(of: Bool.self)[0] else { return }
    let ratio = try inputs.optional(1)?.doubles().first ?? 0.5
    guard ratio == 0 else {
      throw OperatorError.unsupported(
        "it drops at random (training_mode is true), as in training; export the model for inference")
    }
  }
}
