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

  private var cells: [LSTMCell] {
    layer.activations.map {
      LSTMCell(f: $0[0], g: $0[1], h: $0[2], clip: layer.clip, couplesGates: couplesGates)
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    try layer.run(cells, hasCell: true, inputs, context)
  }
}

extension LSTM: RecurrentDifferentiation {
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try layer.runBack(cells, hasCell: true, call)
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
  /// The rules of products, gate by gate; peepholes of the output gate look at the new cell, the others at the old one.
  func stepBack(_ step: RecurrentBackStep, before: RecurrentState, _ after: RecurrentState) -> RecurrentState {
    let (hidden, weights) = (before.hidden, step.weights)
    let units = weights.hiddenSize
    let hasPeepholes = !weights.peepholes.isEmpty
    var slope = RecurrentState(hidden: hidden.map { _ in 0 }, cell: hidden.map { _ in 0 })
    for unit in hidden.indices {
      func sum(_ gate: Int, cell: Double) -> Double {
        let row = gate * units + unit
        let peephole = gate < 3 && hasPeepholes ? weights.peepholes[row] * cell : 0
        return weights.fromInput(row, step.x) + weights.fromState(row, hidden) + peephole
      }
      /// Runs back through a gate's sum, and gives what its peephole hands on.
      func runBack(_ gate: Int, _ gradient: Double, cell: Double) -> Double {
        let row = gate * units + unit
        step.addInput(row, gradient)
        step.addState(row, gradient, hidden, &slope.hidden)
        guard gate < 3, hasPeepholes else { return 0 }
        step.gradients.peepholes[row] += gradient * cell
        return gradient * weights.peepholes[row]
      }
      let old = before.cell[unit]
      let (inputSum, forgetSum, cellSum) = (sum(0, cell: old), sum(2, cell: old), sum(3, cell: 0))
      let input = f(inputSum.clipped(to: clip))
      let forget = couplesGates ? 1 - input : f(forgetSum.clipped(to: clip))
      let candidate = g(cellSum.clipped(to: clip))
      let new = forget * old + input * candidate
      let outputSum = sum(1, cell: new)
      let output = f(outputSum.clipped(to: clip))
      let received = after.hidden[unit]

      var newSlope = after.cell[unit] + received * output * h.derivative(at: new, clippedTo: clip)
      newSlope += runBack(
        1, received * h(new.clipped(to: clip)) * f.derivative(at: outputSum, clippedTo: clip), cell: new)
      slope.cell[unit] += newSlope * forget
      let forgetSlope = newSlope * old
      var inputSlope = newSlope * candidate
      if couplesGates {
        inputSlope -= forgetSlope
      } else {
        slope.cell[unit] += runBack(2, forgetSlope * f.derivative(at: forgetSum, clippedTo: clip), cell: old)
      }
      slope.cell[unit] += runBack(0, inputSlope * f.derivative(at: inputSum, clippedTo: clip), cell: old)
      _ = runBack(3, newSlope * input * g.derivative(at: cellSum, clippedTo: clip), cell: 0)
    }
    return slope
  }
}
