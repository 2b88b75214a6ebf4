import Kernels
import Tensors

/// What RNN, GRU and LSTM have in common: directions, layouts, lengths and states. Computed in double precision.
///
/// X has shape [steps, batch, input], or with `layout` 1 [batch, steps, input]. Beyond a sequence's length Y is zero,
/// and the reverse direction starts at its last step.
///
/// - Source: ONNX operators RNN and LSTM 1, 7, 14 (`layout`), 22, GRU also 3 (`linear_before_reset`).
struct RecurrentLayer: Sendable {
  /// For each direction whether it runs from the last step to the first.
  private let isReverse: [Bool]
  private let isBatchFirst: Bool
  private let hiddenSize: Int?
  private let gates: Int
  /// The functions of each direction.
  let activations: [[RecurrentActivation]]
  /// The bound on what goes into a function; infinite for none.
  let clip: Double

  /// - Parameters:
  ///   - gates: how many rows of weights a unit has.
  ///   - activations: the names of the functions where the node names none.
  init(_ node: NodeDescription, gates: Int, activations: [String]) throws(OperatorError) {
    switch try node.string("direction") ?? "forward" {
    case "forward": isReverse = [false]
    case "reverse": isReverse = [true]
    case "bidirectional": isReverse = [false, true]
    case let other: throw .malformed("attribute direction is '\(other)', not forward, reverse or bidirectional")
    }
    isBatchFirst = try node.flag("layout")
    hiddenSize = try node.int("hidden_size")
    self.gates = gates
    self.activations = try RecurrentActivation.functions(node, directions: isReverse.count, defaults: activations)
    let clip = try node.float("clip")
    guard clip ?? 0 >= 0 else { throw .malformed("attribute clip is \(clip!)") }
    self.clip = clip.map { Double($0) } ?? .infinity
  }

  /// Runs all sequences in all directions.
  ///
  /// - Parameters:
  ///   - cells: one for each direction.
  ///   - hasCell: whether a state has a cell, whose first value is input 6 and whose peepholes are input 7.
  /// - Returns: Y, the last hidden state, and the last cell if there is one, of X's type.
  func run(
    _ cells: [any RecurrentCell], hasCell: Bool, _ inputs: OperatorInputs, _ context: EvaluationContext
  ) throws -> [Tensor] {
    let given = try given(inputs, hasCell: hasCell)
    let (sizes, stateShape) = (given.sizes, given.stateShape)
    let outputShape = try Shape(
      isBatchFirst
        ? [sizes.batch, sizes.steps, sizes.directions, sizes.hidden]
        : [sizes.steps, sizes.directions, sizes.batch, sizes.hidden])

    var (lastHidden, lastCell): (Tensor?, Tensor?)
    let y = try withDoubles(of: [given.x, given.w, given.r], context) { pointers in
      try Tensor(outputShape, of: Double.self, allocator: context.allocator) { y in
        lastHidden = try Tensor(stateShape, of: Double.self, allocator: context.allocator) { hidden in
          lastCell = try Tensor(
            hasCell ? stateShape : Shape([0]), of: Double.self, allocator: context.allocator
          ) { cell in
            y.initialize(repeating: 0)
            guard sizes.hidden > 0 else { return }
            nonisolated(unsafe) let (y, hidden, cell, x) = (y, hidden, cell, pointers[0])
            let weights = (0..<sizes.directions).map { direction in
              RecurrentWeights(
                direction: direction, sizes: sizes, w: pointers[1], r: pointers[2], biases: given.biases,
                peepholes: given.peepholes)
            }
            context.pool.forEach(sizes.directions * sizes.batch) { item in
              let (direction, entry) = (item / sizes.batch, item % sizes.batch)
              let units = given.units(direction: direction, entry: entry)
              var state = given.firstState(units, hasCell: hasCell)
              for row in given.steps(direction: direction, entry: entry) {
                cells[direction].step(&state, x.baseAddress.map { $0 + row.x * sizes.input }, weights[direction])
                for unit in 0..<sizes.hidden { y[row.y * sizes.hidden + unit] = state.hidden[unit] }
              }
              for (unit, position) in units.enumerated() {
                hidden[position] = state.hidden[unit]
                if hasCell { cell[position] = state.cell[unit] }
              }
            }
          }
        }
      }
    }
    let outputs = [y, lastHidden!] + (hasCell ? [lastCell!] : [])
    return try outputs.map { try $0.rounded(to: given.x.elementType, context) }
  }

  /// The inputs, checked.
  func given(_ inputs: OperatorInputs, hasCell: Bool) throws -> RecurrentInputs {
    let x = try inputs.required(0, "X").requireFloats(named: "X")
    let (w, r) = try (inputs.required(1, "W"), inputs.required(2, "R"))
    let sizes = try RecurrentSizes(
      x: x.shape, w: w.shape, r: r.shape, gates: gates, directions: isReverse.count, isBatchFirst: isBatchFirst,
      hiddenSize: hiddenSize)
    let biases = try values(inputs, 3, "B", [sizes.directions, 2 * sizes.gates * sizes.hidden])
    let peepholes = hasCell ? try values(inputs, 7, "P", [sizes.directions, 3 * sizes.hidden]) : []
    let stateShape = try Shape(
      isBatchFirst ? [sizes.batch, sizes.directions, sizes.hidden] : [sizes.directions, sizes.batch, sizes.hidden])
    let firstHidden = try values(inputs, 5, "initial_h", stateShape.dimensions)
    let firstCell = hasCell ? try values(inputs, 6, "initial_c", stateShape.dimensions) : []
    let lengths = try inputs.integers(4, "sequence_lens")
    if let lengths {
      guard lengths.count == sizes.batch, lengths.allSatisfy({ $0 >= 0 && $0 <= sizes.steps }) else {
        throw OperatorError.mismatched(
          "sequence_lens \(lengths) does not give a length up to \(sizes.steps) for each of \(sizes.batch) sequences")
      }
    }
    return RecurrentInputs(
      x: x, w: w, r: r, biases: biases, peepholes: peepholes, firstHidden: firstHidden, firstCell: firstCell,
      lengths: lengths, sizes: sizes, stateShape: stateShape, isReverse: isReverse, isBatchFirst: isBatchFirst)
  }

  /// The elements of an optional input of known shape; none where it is left out.
  private func values(
    _ inputs: OperatorInputs, _ index: Int, _ name: String, _ extents: [Int]
  ) throws -> [Double] {
    guard let tensor = inputs.optional(index) else { return [] }
    guard tensor.shape.dimensions == extents else {
      throw OperatorError.mismatched("input \(name) has shape \(tensor.shape); \(extents) is expected")
    }
    return try tensor.requireFloats(named: name).doubles()
  }
}

/// What a recurrent layer is given, and where its steps lie in it.
struct RecurrentInputs: Sendable {
  let x: Tensor
  let w: Tensor
  let r: Tensor
  /// These four are empty where they are left out.
  let biases: [Double]
  let peepholes: [Double]
  let firstHidden: [Double]
  let firstCell: [Double]
  let lengths: [Int]?
  let sizes: RecurrentSizes
  /// Of the first and last states.
  let stateShape: Shape
  fileprivate let isReverse: [Bool]
  fileprivate let isBatchFirst: Bool

  /// Where the states of one sequence lie.
  func units(direction: Int, entry: Int) -> Range<Int> {
    let place = isBatchFirst ? entry * sizes.directions + direction : direction * sizes.batch + entry
    return place * sizes.hidden..<(place + 1) * sizes.hidden
  }

  func firstState(_ units: Range<Int>, hasCell: Bool) -> RecurrentState {
    let zeros = [Double](repeating: 0, count: sizes.hidden)
    return RecurrentState(
      hidden: firstHidden.isEmpty ? zeros : Array(firstHidden[units]),
      cell: !hasCell ? [] : firstCell.isEmpty ? zeros : Array(firstCell[units]))
  }

  /// The steps of one sequence in the order in which they are taken: the rows of X and of Y that they lie in.
  func steps(direction: Int, entry: Int) -> [(x: Int, y: Int)] {
    let length = lengths?[entry] ?? sizes.steps
    return (0..<length).map { index in
      let step = isReverse[direction] ? length - 1 - index : index
      let row = isBatchFirst ? entry * sizes.steps + step : step * sizes.batch + entry
      let output =
        isBatchFirst
        ? row * sizes.directions + direction : (step * sizes.directions + direction) * sizes.batch + entry
      return (row, output)
    }
  }
}

extension Double {
  /// The value, brought into −bound … bound; a NaN stays one.
  func clipped(to bound: Double) -> Double { self > bound ? bound : self < -bound ? -bound : self }
}
