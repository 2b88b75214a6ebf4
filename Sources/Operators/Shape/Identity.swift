import Tensors

/// The input itself, without a copy.
///
/// - Source: ONNX operator Identity 1, 13, 14, 16, 19, 21, 23, 24, 25.
struct Identity: Operator {
  init(_ node: NodeDescription) {}

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    inputs.first??.isFeatureMap == true ? .identity : nil
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [try inputs.required(0, "input")]
  }
}
