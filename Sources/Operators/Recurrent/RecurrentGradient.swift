import Tensors

/// What a recurrent layer's weights get as gradients, in double precision, for one direction.
final class RecurrentWeightGradients {
  /// gates·hidden × input, and gates·hidden × hidden.
  var input: [Double]
  var recurrence: [Double]
  /// The input's and the recurrence's, each gates·hidden.
  var inputBias: [Double]
  var recurrenceBias: [Double]
  var peepholes: [Double]

  init(_ sizes: RecurrentSizes, hasCell: Bool) {
    let rows = sizes.gates * sizes.hidden
    input = [Double](repeating: 0, count: rows * sizes.input)
    recurrence = [Double](repeating: 0, count: rows * sizes.hidden)
    inputBias = [Double](repeating: 0, count: rows)
    recurrenceBias = inputBias
    peepholes = [Double](repeating: 0, count: hasCell ? 3 * sizes.hidden : 0)
  }
}

/// One step of one sequence on the way back.
struct RecurrentBackStep {
  let weights: RecurrentWeights
  /// The step's input.
  let x: UnsafePointer<Double>?
  /// Its gradient, which is added to.
  let xGradient: UnsafeMutablePointer<Double>?
  let gradients: RecurrentWeightGradients

  /// Runs back the gradient of W · x + bias in one row.
  func addInput(_ row: Int, _ gradient: Double) {
    gradients.inputBias[row] += gradient
    guard let x, let xGradient else { return }
    for column in 0..<weights.inputSize {
      gradients.input[row * weights.inputSize + column] += gradient * x[column]
      xGradient[column] += gradient * weights.inputWeight(row, column)
    }
  }

  /// Runs back the gradient of R · h + bias in one row.
  func addState(_ row: Int, _ gradient: Double, _ h: [Double], _ ofState: inout [Double]) {
    gradients.recurrenceBias[row] += gradient
    for column in h.indices {
      gradients.recurrence[row * weights.hiddenSize + column] += gradient * h[column]
      ofState[column] += gradient * weights.recurrenceWeight(row, column)
    }
  }
}

/// A recurrent layer with a gradient rule.
protocol RecurrentDifferentiation: DifferentiableOperator {}

extension RecurrentDifferentiation {
  /// All but the lengths of the sequences.
  func isDifferentiable(input index: Int) -> Bool { index != 4 }

  func isDifferentiable(output index: Int) -> Bool { true }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: (0..<inputCount).filter { $0 != 4 })
  }
}

extension RecurrentActivation {
  /// The derivative of the function of a sum that is clipped before.
  func derivative(at sum: Double, clippedTo bound: Double) -> Double {
    sum.magnitude > bound ? 0 : derivative(at: sum)
  }
}

extension RecurrentLayer {
  /// The gradients of all inputs that are wanted, by backpropagation through time.
  ///
  /// - Source: Werbos, "Backpropagation through time", Proceedings of the IEEE 78 (1990).
  func runBack(_ cells: [any RecurrentCell], hasCell: Bool, _ call: GradientCall) throws -> [Tensor?] {
    let context = call.context
    guard let type = call.gradients.lazy.compactMap({ $0?.elementType }).first else { return [] }
    let given = try given(call.operatorInputs, hasCell: hasCell)
    let sizes = given.sizes
    let received = try (0..<3).map { index in
      call.gradients.indices.contains(index) ? try call.gradients[index]?.doubles() ?? [] : []
    }
    var xGradient = [Double](repeating: 0, count: given.x.count)
    let zeros = [Double](repeating: 0, count: sizes.hidden)
    var hiddenGradient = [Double](repeating: 0, count: sizes.directions * sizes.batch * sizes.hidden)
    var cellGradient = hasCell ? hiddenGradient : []
    var ofWeights: [RecurrentWeightGradients] = []
    try withDoubles(of: [given.x, given.w, given.r], context) { pointers in
      xGradient.withUnsafeMutableBufferPointer { xGradient in
        for direction in 0..<sizes.directions {
          let weights = RecurrentWeights(
            direction: direction, sizes: sizes, w: pointers[1], r: pointers[2], biases: given.biases,
            peepholes: given.peepholes)
          let gradients = RecurrentWeightGradients(sizes, hasCell: hasCell)
          for entry in 0..<(sizes.hidden > 0 ? sizes.batch : 0) {
            let units = given.units(direction: direction, entry: entry)
            let rows = given.steps(direction: direction, entry: entry)
            var states = [given.firstState(units, hasCell: hasCell)]
            for row in rows {
              var state = states.last!
              cells[direction].step(&state, pointers[0].baseAddress.map { $0 + row.x * sizes.input }, weights)
              states.append(state)
            }
            var slope = RecurrentState(
              hidden: received[1].isEmpty ? zeros : Array(received[1][units]),
              cell: !hasCell ? [] : received[2].isEmpty ? zeros : Array(received[2][units]))
            for (index, row) in rows.enumerated().reversed() {
              if !received[0].isEmpty {
                for unit in zeros.indices { slope.hidden[unit] += received[0][row.y * sizes.hidden + unit] }
              }
              let step = RecurrentBackStep(
                weights: weights, x: pointers[0].baseAddress.map { $0 + row.x * sizes.input },
                xGradient: xGradient.baseAddress.map { $0 + row.x * sizes.input }, gradients: gradients)
              slope = cells[direction].stepBack(step, before: states[index], slope)
            }
            for (unit, position) in units.enumerated() {
              hiddenGradient[position] = slope.hidden[unit]
              if hasCell { cellGradient[position] = slope.cell[unit] }
            }
          }
          ofWeights.append(gradients)
        }
      }
    }
    return try call.forEachWanted { index in
      let elements =
        switch index {
        case 0: xGradient
        case 1: ofWeights.flatMap(\.input)
        case 2: ofWeights.flatMap(\.recurrence)
        case 3: ofWeights.flatMap { $0.inputBias + $0.recurrenceBias }
        case 5: hiddenGradient
        case 6: cellGradient
        default: ofWeights.flatMap(\.peepholes)
        }
      return try Tensor(call.shape(index), elements).converted(to: type, context)
    }
  }
}
