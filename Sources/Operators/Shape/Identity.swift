import Tensors

/// The input itself, without a copy; from version 14 on also a sequence, from 16 on an optional value.
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

  func evaluate(values: [RuntimeValue?], _ context: EvaluationContext) throws -> [RuntimeValue] {
    [try ValueInputs(values).required(0, "input")]
  }
}

extension Identity: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is ∂L/∂y in the shape of x.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try call.gradient().reshaped(to: call.shape(0))]
  }
}
