import Tensors

/// A layer of simple recurrent units: H = f(W·x + R·H + biases).
///
/// - Source: ONNX operator RNN 1, 7, 14, 22; see `RecurrentLayer`.
struct RNN: Operator {
  private let layer: RecurrentLayer

  init(_ node: NodeDescription) throws(OperatorError) {
    layer = try RecurrentLayer(node, gates: 1, activations: ["Tanh"])
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let cells = layer.activations.map { RNNCell(f: $0[0], clip: layer.clip) }
    return try layer.run(cells, hasCell: false, inputs, context)
  }
}

private struct RNNCell: RecurrentCell {
  let f: RecurrentActivation
  let clip: Double

  func step(_ state: inout RecurrentState, _ x: UnsafePointer<Double>?, _ weights: RecurrentWeights) {
    let before = state.hidden
    for unit in before.indices {
      state.hidden[unit] = f((weights.fromInput(unit, x) + weights.fromState(unit, before)).clipped(to: clip))
    }
  }
}
