public import Execution
public import GraphIR
public import Tensors

/// Two models that are run on the same inputs, side by side, and compared value by value.
public struct ModelDiff {
  /// What is seen without running the models, and shapes that differ once they ran.
  public private(set) var structure: [StructuralDifference]

  /// The compared values in the order in which the first model makes them.
  public private(set) var values: [ValueDifference]

  /// Where the first NaN or infinity of each model comes from; nil while all values are finite.
  public var firstNonFinite: (a: FiniteCheck.Origin?, b: FiniteCheck.Origin?) { (finiteA.origin, finiteB.origin) }

  private var finiteA = FiniteCheck()
  private var finiteB = FiniteCheck()
  private let tolerance: (String) -> ValueTolerance
  private let sessionA: Session
  private let sessionB: Session
  private let inputs: [(a: ValueID, b: ValueID)]
  let matching: ValueMatching

  /// Matches the values of two models.
  ///
  /// - Parameter tolerance: how far a value may be off, by its name in the first model.
  /// - Throws: `RegressionError` of the kind `mismatched` where the models take or give different numbers of values.
  public init(
    _ sessionA: Session, _ sessionB: Session, tolerance: @escaping (String) -> ValueTolerance
  ) throws(RegressionError) {
    let (graphA, graphB) = (sessionA.graph, sessionB.graph)
    guard let inputs = ValueMatching.correspondingValues(graphA, graphA.inputs, graphB, graphB.inputs) else {
      throw RegressionError(
        .mismatched, "one model takes \(graphA.inputs.count) inputs, the other \(graphB.inputs.count)")
    }
    guard graphA.outputs.count == graphB.outputs.count else {
      throw RegressionError(
        .mismatched, "one model gives \(graphA.outputs.count) outputs, the other \(graphB.outputs.count)")
    }
    self.sessionA = sessionA
    self.sessionB = sessionB
    self.tolerance = tolerance
    self.inputs = inputs
    matching = ValueMatching(MatchSide(sessionA), MatchSide(sessionB), inputs: inputs)
    structure = matching.structuralDifferences
    values = matching.pairs.map { ValueDifference($0, graphA, graphB) }
  }

  /// The first model's nodes that have no partner: what they make was not compared by itself.
  public var unmatchedNodes: [String] {
    let graph = sessionA.graph
    return matching.a.nodes.filter(matching.isOpen).map { graph.label(of: graph.nodes[$0]) }
  }

  /// Whether all compared values are within the tolerance.
  public var isSame: Bool { values.allSatisfy(\.same) }

  /// The first value, in the first model's order, that is outside of the tolerance.
  public var firstDivergence: ValueDifference? { values.first { !$0.same } }

  /// Runs both models on one input and compares them. What either has made is let go as soon as it is compared, so that
  /// the memory is about that of the two runs.
  ///
  /// - Parameter tensors: for each of the first model's inputs; the second model gets the same, in its own element types.
  /// - Throws: `ExecutionError` that names the input or node.
  public mutating func compare(_ tensors: [ValueID: Tensor]) throws(ExecutionError) {
    var tensorsB: [ValueID: Tensor] = [:]
    for (a, b) in inputs {
      guard let tensor = tensors[a] else { continue }
      let type = sessionB.graph.values[b.index].declared?.elementType ?? tensor.elementType
      tensorsB[b] = tensor.converted(to: type) ?? tensor
    }
    var runA = try StepwiseRun(sessionA, inputs: tensors)
    finiteA.look(at: tensors, of: sessionA.graph)
    finiteB.look(at: tensorsB, of: sessionB.graph)
    var follower = FollowingRun(
      try StepwiseRun(sessionB, inputs: tensorsB), sessionB, wanted: matching.pairs.map(\.b), check: finiteB)
    // Pairs of inputs and constants come first; the others as the first model makes them.
    var pending: [Int?: [Int]] = Dictionary(grouping: matching.pairs.indices) {
      sessionA.graph.producers[matching.pairs[$0].a.index]
    }
    for index in pending.removeValue(forKey: nil) ?? [] { try compare(index, runA, &follower) }
    while let node = try runA.step() {
      finiteA.look(at: node, in: runA, of: sessionA)
      for index in pending.removeValue(forKey: node) ?? [] { try compare(index, runA, &follower) }
    }
    // Values of nodes that were folded into constants.
    for index in pending.values.flatMap({ $0 }) { try compare(index, runA, &follower) }
    finiteB = follower.check
    judge()
  }

  private mutating func compare(
    _ index: Int, _ run: StepwiseRun, _ follower: inout FollowingRun
  ) throws(ExecutionError) {
    let pair = matching.pairs[index]
    let given = try follower.take(pair.b)
    guard let reference = run[pair.a], let given else {
      values[index].fail("one of the values is no tensor")
      return
    }
    values[index].shape = reference.shape.dimensions
    if given.shape != reference.shape { noteShapes(index, reference.shape, given.shape) }
    guard let fitting = given.converted(to: reference.elementType)?.viewed(as: reference.shape) else {
      values[index].fail(
        "\(reference.elementType) \(reference.shape) and \(given.elementType) \(given.shape) cannot be compared")
      return
    }
    do {
      let name = sessionA.graph.name(of: pair.a)
      values[index].take(try TensorComparison(fitting, reference: reference, tolerance: tolerance(name)))
    } catch {
      values[index].fail(error.description)
    }
  }

  private mutating func noteShapes(_ index: Int, _ shapeA: Shape, _ shapeB: Shape) {
    let value = values[index]
    let difference = StructuralDifference(
      .shape, nodeA: value.nodeA, nodeB: value.nodeB, "Value '\(value.valueA)': shapes \(shapeA) and \(shapeB)")
    if !structure.contains(difference) { structure.append(difference) }
  }

  /// Says of each value that differs whether the difference begins there.
  private mutating func judge() {
    var places: [ValueID: Int] = [:]
    for (index, pair) in matching.pairs.enumerated() where places[pair.a] == nil { places[pair.a] = index }
    var placesB: [ValueID: Int] = [:]
    for (index, pair) in matching.pairs.enumerated() where placesB[pair.b] == nil { placesB[pair.b] = index }
    for index in values.indices where !values[index].same {
      let pair = matching.pairs[index]
      let before = matching.a.nearest(before: pair.a, among: places).filter { $0 != index }
      let beforeB = matching.b.nearest(before: pair.b, among: placesB).filter { $0 != index }
      values[index].originates = (before + beforeB).allSatisfy { values[$0].same }
      values[index].inputs = before.map { place in
        let input = values[place]
        return .init(
          valueA: input.valueA, valueB: input.valueB, same: input.same, maxAbsError: input.maxAbsError)
      }
    }
  }
}

extension MatchSide {
  /// The compared values that a value is made of, each by the shortest way back.
  fileprivate func nearest(before value: ValueID, among places: [ValueID: Int]) -> [Int] {
    var found: [Int] = []
    var seen: Set<ValueID> = [value]
    var open = [value]
    while let next = open.popLast() {
      guard let producer = graph.producers[next.index] else { continue }
      for case let input? in graph.nodes[producer].inputs where seen.insert(input).inserted {
        if let place = places[input] { found.append(place) } else { open.append(input) }
      }
    }
    return found.sorted()
  }
}

extension ValueDifference {
  fileprivate init(_ pair: ValueMatching.Pair, _ graphA: Graph, _ graphB: Graph) {
    let nodeA = graphA.producers[pair.a.index].map { graphA.nodes[$0] }
    let nodeB = graphB.producers[pair.b.index].map { graphB.nodes[$0] }
    self.nodeA = nodeA.map { graphA.label(of: $0) }
    self.nodeB = nodeB.map { graphB.label(of: $0) }
    valueA = graphA.name(of: pair.a)
    valueB = graphB.name(of: pair.b)
    `operator` = nodeA?.operatorName
    matchedBy = pair.reason.rawValue
  }

  fileprivate mutating func take(_ comparison: TensorComparison) {
    same = same && comparison.holds
    maxAbsError = maxAbsError.map { max($0, comparison.maxAbsoluteError) }
    violations += comparison.violations
  }

  fileprivate mutating func fail(_ reason: String) {
    same = false
    maxAbsError = nil
    self.reason = self.reason ?? reason
  }
}
