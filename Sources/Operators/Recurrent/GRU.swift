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

  private var cells: [GRUCell] {
    layer.activations.map { GRUCell(f: $0[0], g: $0[1], clip: layer.clip, resetsLast: resetsLast) }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    try layer.run(cells, hasCell: false, inputs, context)
  }
}

extension GRU: RecurrentDifferentiation {
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try layer.runBack(cells, hasCell: false, call)
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
  /// With the sums s of the gates: ∂L/∂z = ∂L/∂H ⊙ (H − h), ∂L/∂h = ∂L/∂H ⊙ (1 − z), and from the latter's sum that of r
  /// through r ⊙ H, or r ⊙ (Rh·H + bias).
  func stepBack(_ step: RecurrentBackStep, before: RecurrentState, _ after: RecurrentState) -> RecurrentState {
    let (hidden, weights) = (before.hidden, step.weights)
    let units = weights.hiddenSize
    var slope = RecurrentState(hidden: hidden.map { _ in 0 }, cell: [])
    func sum(_ row: Int) -> Double { weights.fromInput(row, step.x) + weights.fromState(row, hidden) }
    let (updateSums, resetSums) = (hidden.indices.map { sum($0) }, hidden.indices.map { sum(units + $0) })
    let reset = resetSums.map { f($0.clipped(to: clip)) }
    let kept = resetsLast ? [] : zip(reset, hidden).map { $0 * $1 }
    var resetSlopes = hidden.map { _ in 0.0 }
    var keptSlopes = resetSlopes
    for unit in hidden.indices {
      let row = 2 * units + unit
      let recurrence = weights.fromState(row, resetsLast ? hidden : kept)
      let newSum = weights.fromInput(row, step.x) + (resetsLast ? reset[unit] * recurrence : recurrence)
      let new = g(newSum.clipped(to: clip))
      let update = f(updateSums[unit].clipped(to: clip))
      let received = after.hidden[unit]
      slope.hidden[unit] += received * update
      let updateSlope = received * (hidden[unit] - new) * f.derivative(at: updateSums[unit], clippedTo: clip)
      step.addInput(unit, updateSlope)
      step.addState(unit, updateSlope, hidden, &slope.hidden)
      let newSlope = received * (1 - update) * g.derivative(at: newSum, clippedTo: clip)
      step.addInput(row, newSlope)
      if resetsLast {
        resetSlopes[unit] = newSlope * recurrence
        step.addState(row, newSlope * reset[unit], hidden, &slope.hidden)
      } else {
        step.addState(row, newSlope, kept, &keptSlopes)
      }
    }
    for unit in hidden.indices {
      if !resetsLast {
        resetSlopes[unit] = keptSlopes[unit] * hidden[unit]
        slope.hidden[unit] += keptSlopes[unit] * reset[unit]
      }
      let gradient = resetSlopes[unit] * f.derivative(at: resetSums[unit], clippedTo: clip)
      step.addInput(units + unit, gradient)
      step.addState(units + unit, gradient, hidden, &slope.hidden)
    }
    return slope
  }
}
