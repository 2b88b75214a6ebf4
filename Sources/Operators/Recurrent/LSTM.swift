import Tensors

/// A layer of long short-term memory units, with the gates i (input), o (output), f (forget) and c (cell) in this
/// order, and peepholes P for the first three:
///
/// - i = f(Wi·x + Ri·H + Pi ⊙ C + biases), f = f(Wf·x + Rf·H + Pf ⊙ C + biases), or 1 − i with `input_forget`
/// - c = g(Wc·x + Rc·H + biases), C = f ⊙ C + i ⊙ c
/// - o = f(Wo·x + Ro·H + Po ⊙ C + biases) with the new C, H = o ⊙ h(C)
///
/// - Source: ONNX operator LSTM 1, 7, 14, 22; see `RecurrentLayer`.
struct LSTM: Operator {
  private let layer: RecurrentLayer
  private let couplesGates: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    layer = try RecurrentLayer(node, gates: 4, activations: ["Sigmoid", "Tanh", "Tanh"])
    couplesGates = try node.int("input_forget") ?? 0 != 0
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let cells = layer.activations.map {
      LSTMCell(f: $0[0], g: $0[1], h: $0[2], clip: layer.clip, couplesGates: couplesGates)
    }
    return try layer.run(cells, hasCell: true, inputs, context)
  }
}

private struct LSTMCell: RecurrentCell {
  let f: RecurrentActivation
  let g: RecurrentActivation
  let h: RecurrentActivation
  let clip: Double
  let couplesGates: Bool

  func step(_ state: inout RecurrentState, _ x: UnsafePointer<Double>?, _ weights: RecurrentWeights) {
    let (before, units) = (state.hidden, weights.hiddenSize)
    for unit in before.indices {
      /// What goes into the function of a gate; the peepholes are of the first three.
      func sum(_ gate: Int, cell: Double) -> Double {
        let row = gate * units + unit
        let sum = weights.fromInput(row, x) + weights.fromState(row, before)
        let peephole = gate < 3 && !weights.peepholes.isEmpty ? weights.peepholes[row] * cell : 0
        return (sum + peephole).clipped(to: clip)
      }
      let old = state.cell[unit]
      let input = f(sum(0, cell: old))
      let forget = couplesGates ? 1 - input : f(sum(2, cell: old))
      let new = forget * old + input * g(sum(3, cell: 0))
      state.cell[unit] = new
      state.hidden[unit] = f(sum(1, cell: new)) * h(new.clipped(to: clip))
    }
  }
}
