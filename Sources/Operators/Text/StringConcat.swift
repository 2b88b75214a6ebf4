import Tensors

/// The strings of two tensors, which broadcast to one shape, put together pair by pair.
///
/// - Source: ONNX operator StringConcat 20.
struct StringConcat: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let y = try inputs.required(1, "Y")
    try x.requireType(.string, named: "X")
    try y.requireType(.string, named: "Y")
    let shape = try x.shape.broadcast(with: y.shape)
    try requireStringMemory(shape.count, context)
    let (heads, tails) = (try strings(of: x, as: shape, context), try strings(of: y, as: shape, context))
    return [Tensor(shape, strings: zip(heads, tails).map { $0 + $1 })]
  }

  private func strings(of tensor: Tensor, as shape: Shape, _ context: EvaluationContext) throws -> [String] {
    let view = StridedView(dimensions: shape.dimensions, strides: tensor.shape.strides(broadcastTo: shape))
    return try tensor.copied(view, to: shape, context).strings
  }
}
