import Tensors

/// A layer of gated recurrent units, with the gates z (update), r (reset) and h (hidden) in this order:
///
/// - z = f(Wz·x + Rz·H + biases), r = f(Wr·x + Rr·H + biases)
/// - h = g(Wh·x + Rh·(r ⊙ H) + biases), or with `linear_before_reset` g(Wh·x + bias + r ⊙ (Rh·H + bias))
/// - H = (1 − z) ⊙ h + z ⊙ H
///
/// - Source: ONNX operator GRU 1, 3, 7, 14, 22; see `RecurrentLayer`.
struct GRU: Operator {
  private let layer: RecurrentLayer
  private let resetsLast: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    layer = try RecurrentLayer(node, gates: 3, activations: ["Sigmoid", "Tanh"])
    resetsLast = try node.int("linear_before_reset") ?? 0 != 0
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let cells = layer.activations.map { GRUCell(f: $0[0], g: $0[1], clip: layer.clip, resetsLast: resetsLast) }
    return try layer.run(cells, hasCell: false, inputs, context)
  }
}

private struct GRUCell: RecurrentCell {
  let f: RecurrentActivation
  let g: RecurrentActivation
  let clip: Double
  let resetsLast: Bool

  func step(_ state: inout RecurrentState, _ x: UnsafePointer<Double>?, _ weights: RecurrentWeights) {
    let (before, units) = (state.hidden, weights.hiddenSize)
    func gate(_ index: Int) -> [Double] {
      (index * units..<(index + 1) * units).map { row in
        f((weights.fromInput(row, x) + weights.fromState(row, before)).clipped(to: clip))
      }
    }
    let (update, reset) = (gate(0), gate(1))
    let kept = resetsLast ? [] : zip(reset, before).map { $0 * $1 }
    for unit in before.indices {
      let row = 2 * units + unit
      let recurrence =
        resetsLast ? reset[unit] * weights.fromState(row, before) : weights.fromState(row, kept)
      let new = g((weights.fromInput(row, x) + recurrence).clipped(to: clip))
      state.hidden[unit] = (1 - update[unit]) * new + update[unit] * before[unit]
    }
  }
}
