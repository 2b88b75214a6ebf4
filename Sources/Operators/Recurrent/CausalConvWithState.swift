import Kernels
import Tensors

/// A convolution of each channel on its own along the last axis that looks at its own and the k − 1 elements before,
/// which for the first ones come from a state: x [batch, channels, length], w [channels, 1, k]. A second output has
/// the state after.
///
/// - Source: ONNX operator CausalConvWithState 27.
struct CausalConvWithState: Operator {
  /// Whether x · sigmoid(x) follows.
  private let isActivated: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    switch try node.string("activation") ?? "none" {
    case "none": isActivated = false
    case "silu", "swish": isActivated = true
    case let other: throw .malformed("attribute activation is '\(other)', not none, silu or swish")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input").requireFloats(named: "input")
    let w = try inputs.required(1, "weight")
    try w.requireType(x.elementType, named: "weight")
    guard x.shape.rank == 3, w.shape.rank == 3, w.shape[2] > 0,
      w.shape.dimensions == [x.shape[1], 1, w.shape[2]]
    else {
      throw OperatorError.mismatched("a weight of shape \(w.shape) does not fit an input of shape \(x.shape)")
    }
    let (batch, channels, length, size) = (x.shape[0], x.shape[1], x.shape[2], w.shape[2])
    let stateShape = try Shape([batch, channels, size - 1])
    let past = try inputs.optional(3) ?? .zeros(stateShape, of: x.elementType, context)
    try past.requireType(x.elementType, named: "past_state")
    guard past.shape == stateShape else {
      throw OperatorError.mismatched("past_state has shape \(past.shape); \(stateShape) is expected")
    }
    if let bias = inputs.optional(2), bias.shape.dimensions != [channels] {
      throw OperatorError.mismatched("bias has shape \(bias.shape); one for each of \(channels) channels is expected")
    }
    let biases = try inputs.optional(2)?.requireFloats(named: "bias").doubles()

    let whole = try Tensor.concatenated([past, x], axis: 2, context)
    let total = whole.shape[2]
    let sums = try withDoubles(of: [whole, w], context) { pointers in
      try Tensor(x.shape, of: Double.self, allocator: context.allocator) { y in
        guard x.count > 0 else { return }
        nonisolated(unsafe) let (y, whole, w) = (
          y.baseAddress!, pointers[0].baseAddress!, pointers[1].baseAddress!
        )
        context.pool.forEach(batch * channels) { plane in
          let channel = plane % channels
          for place in 0..<length {
            let window = dotProduct(whole + plane * total + place, w + channel * size, count: size)
            y[plane * length + place] = window + (biases?[channel] ?? 0)
          }
        }
      }
    }
    var y = try sums.rounded(to: x.elementType, context)
    if isActivated {
      let values = try y.converted(to: .float64, context)
      y = try values.mapped(context) { (x: Double) in x * x.logistic }.rounded(to: x.elementType, context)
    }
    let end = StridedView(dimensions: stateShape.dimensions, strides: whole.shape.strides, offset: length)
    return [y, try whole.copied(end, to: stateShape, context)]
  }
}

extension Tensor {
  /// A tensor of zeros of a numeric type.
  static func zeros(_ shape: Shape, of type: ElementType, _ context: EvaluationContext) throws -> Tensor {
    let zero = StridedView(dimensions: [shape.count], strides: [0])
    return try Tensor.scalar(0, of: type).copied(zero, to: shape, context)
  }
}
