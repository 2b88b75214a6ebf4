import Tensors

/// The number of the input's elements as an int64 scalar.
///
/// - Source: ONNX operator Size 1, 13, 19, 21, 23, 24, 25.
struct Size: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [Tensor(scalar: Int64(try inputs.required(0, "data").count))]
  }
}
