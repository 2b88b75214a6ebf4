import GraphIR
import Operators
import Tensors

/// The nodes between some values and a score through which gradients pass, found from the graph alone.
struct GradientPath {
  /// The indices of the nodes, in the graph's order.
  private(set) var nodes: [Int] = []

  /// For each value whether it lies on the path.
  let isOnPath: [Bool]

  /// - Throws: `ExecutionError` that names all nodes on the path that have no derivative, or what the score does not
  ///   depend on.
  init(
    in session: Session, from wanted: [ValueID], to score: ValueID, options: GradientOptions
  ) throws(ExecutionError) {
    let graph = session.graph
    var isReached = [Bool](repeating: false, count: graph.values.count)
    for value in wanted { isReached[value.index] = true }
    for (index, node) in graph.nodes.enumerated() {
      guard session.operators[index].passesGradient(of: node, from: isReached) else { continue }
      for (place, output) in node.outputs.enumerated() {
        guard let output, session.operators[index].isSmooth(output: place) else { continue }
        isReached[output.index] = true
      }
    }
    var isNeeded = [Bool](repeating: false, count: graph.values.count)
    isNeeded[score.index] = true
    var faults: [ExecutionError] = []
    for (index, node) in graph.nodes.enumerated().reversed() {
      let operation = session.operators[index]
      let isOn = node.outputs.enumerated().contains { place, output in
        output.map { isNeeded[$0.index] && isReached[$0.index] && operation.isSmooth(output: place) } ?? false
      }
      guard isOn, operation.passesGradient(of: node, from: isReached) else { continue }
      for (place, input) in node.inputs.enumerated() {
        guard let input, isReached[input.index], operation.isSmooth(input: place) else { continue }
        isNeeded[input.index] = true
      }
      if let refusal = operation.gradientRefusal(options, of: node) {
        faults.append(ExecutionError(refusal, node: node, in: graph))
      } else {
        nodes.append(index)
      }
    }
    guard faults.isEmpty else {
      throw ExecutionError(faults.reversed(), outOf: graph.nodes.count, "let no gradient pass")
    }
    for value in wanted where value != score && !isNeeded[value.index] {
      throw GradientPath.missing(from: value, to: score, in: session)
    }
    nodes.reverse()
    isOnPath = isNeeded.indices.map { isNeeded[$0] && isReached[$0] }
  }

  /// Why there is no path: a node without a derivative that cuts all of them, or no connection at all.
  private static func missing(from value: ValueID, to score: ValueID, in session: Session) -> ExecutionError {
    let graph = session.graph
    var isNeeded = [Bool](repeating: false, count: graph.values.count)
    isNeeded[score.index] = true
    for node in graph.nodes.reversed() where node.outputs.contains(where: { $0.map { isNeeded[$0.index] } ?? false }) {
      for case let input? in node.inputs { isNeeded[input.index] = true }
    }
    var isReached = [Bool](repeating: false, count: graph.values.count)
    isReached[value.index] = true
    for (index, node) in graph.nodes.enumerated() {
      guard node.inputs.contains(where: { $0.map { isReached[$0.index] } ?? false }) else { continue }
      let isCut =
        node.outputs.contains { $0.map { isNeeded[$0.index] } ?? false }
        && (session.operators[index] is any DiscreteOperator
          || !node.outputs.indices.contains { session.operators[index].isSmooth(output: $0) })
      if isCut {
        return ExecutionError(
          OperatorError.unsupported(
            "its result has no derivative, and '\(graph.name(of: score))' depends on '\(graph.name(of: value))' through "
              + "it; choose a score in front of it, or a value behind it"), node: node, in: graph)
      }
      for case let output? in node.outputs { isReached[output.index] = true }
    }
    return ExecutionError(
      .mismatched,
      "'\(graph.name(of: score))' does not depend on '\(graph.name(of: value))', so that there is no gradient; choose a "
        + "value that the score is computed from")
  }
}

extension Operator {
  /// Whether a gradient of one of the node's outputs is one of a value that is marked.
  fileprivate func passesGradient(of node: Node, from isMarked: [Bool]) -> Bool {
    !(self is any DiscreteOperator)
      && node.inputs.enumerated().contains { place, input in
        input.map { isMarked[$0.index] && isSmooth(input: place) } ?? false
      }
  }

  /// Whether the result may change smoothly with an input. For operators that are not known to have a derivative, too,
  /// so that they are refused rather than passed over.
  func isSmooth(input index: Int) -> Bool {
    (self as? any DifferentiableOperator)?.isDifferentiable(input: index) ?? true
  }

  func isSmooth(output index: Int) -> Bool {
    (self as? any DifferentiableOperator)?.isDifferentiable(output: index) ?? true
  }

  /// Why gradients cannot pass; nil where they can.
  fileprivate func gradientRefusal(_ options: GradientOptions, of node: Node) -> OperatorError? {
    guard let operation = self as? any DifferentiableOperator else {
      if let refusal = node.subgraphRefusal { return refusal }
      return .unsupported(
        "no gradient passes it: the operator has no derivative, or none that is implemented; choose a value behind it, "
          + "or a score in front of it")
    }
    guard operation.isStraightThrough, options.rounding == .refuse else { return nil }
    return .unsupported(
      "it rounds, so that its derivative is zero; ask for straight-through gradients, which pass as if it did not (run "
        + "--straight-through, explain --set straight-through=1), or choose a value behind it")
  }
}

extension Node {
  /// Why gradients do not pass a node that runs graphs of its own; nil for others.
  fileprivate var subgraphRefusal: OperatorError? {
    let hasSubgraph = attributes.values.contains { !$0.subgraphs.isEmpty }
    guard hasSubgraph else { return nil }
    let others = "or choose a value behind it, or a score in front of it"
    guard operatorName == "If" else {
      return .unsupported(
        "gradients do not go through the turns of a \(operatorName); export the model with its turns written out, as "
          + "tracing does, or with an operator that has a rule, such as LSTM, GRU or Attention, \(others)")
    }
    return .unsupported(
      "gradients do not go into branches of which the input decides; a condition that is the same for every input is "
        + "resolved before: fix the model's input shape where it asks for shapes, or export the model for inference alone, "
        + others)
  }
}
