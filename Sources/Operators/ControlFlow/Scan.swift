import Tensors

/// Runs a graph for each element of tensors along an axis, handing a state from one round to the next; stacks what it
/// gives besides the state.
///
/// - Source: ONNX operator Scan 9, 11 (negative axes), 16, 19, 21, 23, 24, 25; 8 by `runBatch`.
struct Scan: ValueOperator {
  private var rounds: ScanRounds
  private let isBatched: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    isBatched = node.version < 9
    rounds = try ScanRounds(node, firstInput: isBatched ? 1 : 0)
  }

  func prepared(constants: [Tensor?], _ context: EvaluationContext) -> any Operator {
    var result = self
    result.rounds = rounds.prepared(constants: constants)
    return result
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let results =
      isBatched
      ? try rounds.runBatch(inputs, context)
      : try rounds.run(rounds.tensors(of: inputs), values: inputs, context)
    return results.map { .tensor($0) }
  }
}

/// What the versions of Scan have in common.
struct ScanRounds: Sendable {
  /// An axis that is scanned, and whether backwards.
  struct Direction: Sendable {
    let axis: Int
    let isReverse: Bool
  }

  private(set) var body: NodeBody
  let firstInput: Int
  let stateCount: Int
  let inputs: [Direction]
  let outputs: [Direction]

  init(_ node: NodeDescription, firstInput: Int) throws(OperatorError) {
    body = try node.body("body")
    self.firstInput = firstInput
    guard let scanCount = try node.int("num_scan_inputs") else {
      throw .malformed("attribute num_scan_inputs is missing")
    }
    guard scanCount >= 1, scanCount <= node.inputCount - firstInput else {
      throw .malformed(
        "num_scan_inputs is \(scanCount), and the node has \(node.inputCount - firstInput) inputs to scan")
    }
    stateCount = node.inputCount - firstInput - scanCount
    guard body.inputCount == stateCount + scanCount else {
      throw .malformed("body has \(body.inputCount) inputs; \(stateCount + scanCount) are expected")
    }
    guard body.outputCount >= max(stateCount, node.outputCount) else {
      throw .malformed(
        "body has \(body.outputCount) outputs; at least \(max(stateCount, node.outputCount)) are expected")
    }
    let isBatched = firstInput == 1
    inputs = try ScanRounds.directions(
      node, count: scanCount, axes: isBatched ? nil : "scan_input_axes",
      directions: isBatched ? "directions" : "scan_input_directions")
    outputs = try ScanRounds.directions(
      node, count: body.outputCount - stateCount, axes: isBatched ? nil : "scan_output_axes",
      directions: isBatched ? nil : "scan_output_directions")
  }

  /// See `Operator.prepared`.
  func prepared(constants: [Tensor?]) -> ScanRounds {
    var result = self
    result.body = body.prepared(constants: constants)
    return result
  }

  private static func directions(
    _ node: NodeDescription, count: Int, axes: String?, directions: String?
  ) throws(OperatorError) -> [Direction] {
    func list(_ name: String?) throws(OperatorError) -> [Int] {
      guard let name, let values = try node.ints(name) else { return [Int](repeating: 0, count: count) }
      guard values.count == count else {
        throw .malformed("attribute \(name) has \(values.count) entries; \(count) are expected")
      }
      return values
    }
    let flags = try list(directions)
    if let flag = flags.first(where: { $0 != 0 && $0 != 1 }) {
      throw .malformed("attribute \(directions ?? "") has the entry \(flag), which is not 0 or 1")
    }
    return zip(try list(axes), flags).map { Direction(axis: $0, isReverse: $1 == 1) }
  }

  /// The initial state and the tensors to scan.
  func tensors(of values: ValueInputs) throws(OperatorError) -> [Tensor] {
    var tensors: [Tensor] = []
    for index in 0..<stateCount + inputs.count {
      tensors.append(try values.tensor(firstInput + index, "input \(firstInput + index)"))
    }
    return tensors
  }

  /// - Parameters:
  ///   - tensors: the initial state and the tensors to scan.
  ///   - limit: the most rounds; nil takes as many as there are elements.
  /// - Returns: the final state and the scan outputs.
  func run(
    _ tensors: [Tensor], limit: Int? = nil, values: ValueInputs, _ context: EvaluationContext
  ) throws -> [Tensor] {
    var state = Array(tensors[..<stateCount])
    let scanned = Array(tensors[stateCount...])
    let axes = try zip(scanned, inputs).map { try $0.shape.checkedAxis($1.axis) }
    let lengths = zip(scanned, axes).map { $0.shape[$1] }
    guard lengths.allSatisfy({ $0 == lengths[0] }) else {
      throw OperatorError.mismatched("the inputs have \(lengths) elements to scan; as many of each are expected")
    }
    let count = limit ?? lengths[0]
    var results = [[Tensor]](repeating: [], count: outputs.count)
    for round in 0..<count {
      try context.iterations.take(1)
      var elements = state.map { RuntimeValue.tensor($0) }
      for (index, tensor) in scanned.enumerated() {
        let position = inputs[index].isReverse ? count - 1 - round : round
        elements.append(.tensor(try tensor.element(position, axis: axes[index], context)))
      }
      let given = try body.run(elements, values: values, context).enumerated().map {
        try $1.asTensor("output \($0) of body")
      }
      state = Array(given[..<stateCount])
      for index in results.indices { results[index].append(given[stateCount + index]) }
    }
    return try state
      + zip(results.indices, outputs).map { index, direction in
        let parts = direction.isReverse ? results[index].reversed() : results[index]
        return parts.isEmpty
          ? try body.noResults(ofOutput: stateCount + index, axis: direction.axis, context)
          : try Tensor.stacked(parts, newAxis: direction.axis, context)
      }
  }
}

extension Tensor {
  /// The elements at a position along an axis, without that axis.
  ///
  /// - Precondition: the position and the axis are there.
  func element(_ position: Int, axis: Int, _ context: EvaluationContext) throws -> Tensor {
    var view = StridedView(shape)
    view.offset = position * view.strides[axis]
    view.dimensions.remove(at: axis)
    view.strides.remove(at: axis)
    let part = try Shape(view.dimensions)
    if axis == 0, elementType != .string { return try rows(position..<position + 1).reshaped(to: part) }
    return try copied(view, to: part, context)
  }
}
