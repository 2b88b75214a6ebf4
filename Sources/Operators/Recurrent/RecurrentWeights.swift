import Tensors

/// The weights of one direction of a recurrent layer, a row for each unit of each gate.
struct RecurrentWeights: @unchecked Sendable {
  // Pointers into tensors that outlive the call.
  private let input: UnsafePointer<Double>?
  private let recurrence: UnsafePointer<Double>?
  private let inputBias: ArraySlice<Double>
  private let recurrenceBias: ArraySlice<Double>
  let inputSize: Int
  let hiddenSize: Int
  /// For each unit the weights of the cell's own value in the gates; empty where there are none.
  let peepholes: [Double]

  /// - Parameters:
  ///   - w: of shape [directions, gates·hidden, input].
  ///   - r: of shape [directions, gates·hidden, hidden].
  ///   - biases: of shape [directions, 2·gates·hidden], the input's first; empty is all zeros.
  ///   - peepholes: of shape [directions, 3·hidden]; may be empty.
  init(
    direction: Int, sizes: RecurrentSizes, w: UnsafeBufferPointer<Double>, r: UnsafeBufferPointer<Double>,
    biases: [Double], peepholes: [Double]
  ) {
    let rows = sizes.gates * sizes.hidden
    input = w.baseAddress.map { $0 + direction * rows * sizes.input }
    recurrence = r.baseAddress.map { $0 + direction * rows * sizes.hidden }
    let all = biases.isEmpty ? [Double](repeating: 0, count: 2 * rows) : biases
    let first = biases.isEmpty ? 0 : direction * 2 * rows
    inputBias = all[first..<first + rows]
    recurrenceBias = all[first + rows..<first + 2 * rows]
    inputSize = sizes.input
    hiddenSize = sizes.hidden
    self.peepholes =
      peepholes.isEmpty ? [] : Array(peepholes[direction * 3 * sizes.hidden..<(direction + 1) * 3 * sizes.hidden])
  }

  /// One element of W.
  func inputWeight(_ row: Int, _ column: Int) -> Double { input?[row * inputSize + column] ?? 0 }

  /// One element of R.
  func recurrenceWeight(_ row: Int, _ column: Int) -> Double { recurrence?[row * hiddenSize + column] ?? 0 }

  /// W · x + bias in one row.
  func fromInput(_ row: Int, _ x: UnsafePointer<Double>?) -> Double {
    let bias = inputBias[inputBias.startIndex + row]
    guard let x, let input, inputSize > 0 else { return bias }
    return dotProduct(input + row * inputSize, x, count: inputSize) + bias
  }

  /// R · h + bias in one row.
  func fromState(_ row: Int, _ h: [Double]) -> Double {
    let bias = recurrenceBias[recurrenceBias.startIndex + row]
    guard let recurrence else { return bias }
    return dotProduct(recurrence + row * hiddenSize, h, count: hiddenSize) + bias
  }
}

/// What a recurrent layer carries from step to step for one sequence.
struct RecurrentState: Sendable {
  var hidden: [Double]
  /// Of an LSTM; empty elsewhere.
  var cell: [Double]
}

/// What a recurrent layer does in one step.
protocol RecurrentCell: Sendable {
  /// Moves the state on by the input `x`, which has `weights.inputSize` elements.
  func step(_ state: inout RecurrentState, _ x: UnsafePointer<Double>?, _ weights: RecurrentWeights)

  /// Runs a gradient back through a step.
  ///
  /// - Parameters:
  ///   - step: takes the gradients of the input and the weights.
  ///   - before: the state that the step began with.
  ///   - after: the gradient of the state that it ended with.
  /// - Returns: the gradient of the state that it began with.
  func stepBack(_ step: RecurrentBackStep, before: RecurrentState, _ after: RecurrentState) -> RecurrentState
}

/// The extents of a recurrent layer's tensors.
struct RecurrentSizes: Sendable {
  let steps: Int
  let batch: Int
  let input: Int
  let hidden: Int
  let gates: Int
  let directions: Int

  /// - Throws: `mismatched` where x, w and r do not fit each other.
  init(
    x: Shape, w: Shape, r: Shape, gates: Int, directions: Int, isBatchFirst: Bool, hiddenSize: Int?
  ) throws(OperatorError) {
    guard x.rank == 3, w.rank == 3, r.rank == 3 else {
      throw .mismatched("X, W and R have shapes \(x), \(w) and \(r); 3 axes each are expected")
    }
    self.gates = gates
    self.directions = directions
    (steps, batch, input) = isBatchFirst ? (x[1], x[0], x[2]) : (x[0], x[1], x[2])
    hidden = r[2]
    let (rows, overflow) = hidden.multipliedReportingOverflow(by: gates)
    guard !overflow, w.dimensions == [directions, rows, input], r.dimensions == [directions, rows, hidden] else {
      throw .mismatched(
        "W of shape \(w) and R of shape \(r) do not fit X of shape \(x) in \(directions) directions and \(gates) gates")
    }
    if let hiddenSize, hiddenSize != hidden {
      throw .mismatched("attribute hidden_size is \(hiddenSize); R has shape \(r)")
    }
  }
}
