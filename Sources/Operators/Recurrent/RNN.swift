import Tensors

/// A layer of simple recurrent units: H = f(W·x + R·H + biases).
///
/// - Source: ONNX operator RNN 1, 7, 14, 22; see `RecurrentLayer`.
struct RNN: Operator {
  private let layer: RecurrentLayer

  init(_ node: NodeDescription) throws(OperatorError) {
    layer = try RecurrentLayer(node, gates: 1, activations: ["Tanh"])
  }

  private var cells: [RNNCell] { layer.activations.map { RNNCell(f: $0[0], clip: layer.clip) } }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    try layer.run(cells, hasCell: false, inputs, context)
  }
}

extension RNN: RecurrentDifferentiation {
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try layer.runBack(cells, hasCell: false, call)
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
  /// ∂L/∂s = ∂L/∂H · f'(s) for s = W·x + R·H + biases.
  func stepBack(_ step: RecurrentBackStep, before: RecurrentState, _ after: RecurrentState) -> RecurrentState {
    let weights = step.weights
    var slope = RecurrentState(hidden: before.hidden.map { _ in 0 }, cell: [])
    for unit in before.hidden.indices {
      let sum = weights.fromInput(unit, step.x) + weights.fromState(unit, before.hidden)
      let gradient = after.hidden[unit] * f.derivative(at: sum, clippedTo: clip)
      step.addInput(unit, gradient)
      step.addState(unit, gradient, before.hidden, &slope.hidden)
    }
    return slope
  }
}
