public import Execution
public import GraphIR
public import Tensors

/// Two models that are run on the same inputs, side by side, and compared value by value.
public struct ModelDiff {
  /// What is seen without running the models, and shapes that differ once they ran.
  public private(set) var structure: [StructuralDifference]

  /// The compared values in the order in which the first model makes them.
  public internal(set) var values: [ValueDifference]

  /// Causes that were recognized.
  public private(set) var findings: [Finding] = []

  /// Where the first NaN or infinity of each model comes from; nil while all values are finite.
  public var firstNonFinite: (a: FiniteCheck.Origin?, b: FiniteCheck.Origin?) { (finiteA.origin, finiteB.origin) }

  private var finiteA = FiniteCheck()
  private var finiteB = FiniteCheck()
  private let tolerance: (String) -> ValueTolerance
  private let sessionA: Session
  private let sessionB: Session
  private let inputs: [(a: ValueID, b: ValueID)]
  let matching: ValueMatching

  /// What is known of where the second model's values come from.
  private let isolation: DifferenceIsolation
  private let isolatesAll: Bool

  /// Matches the values of two models.
  ///
  /// - Parameters:
  ///   - isolatesAll: run each part of the second model whose result differs again, on the first model's values, also
  ///     behind the first difference that begins in a part. What they make of these tells where differences begin below
  ///     others; takes up to one more run of the second model.
  ///   - tolerance: how far a value may be off, by its name in the first model.
  /// - Throws: `RegressionError` of the kind `mismatched` where the models take or give different numbers of values.
  public init(
    _ sessionA: Session, _ sessionB: Session, isolatesAll: Bool = false,
    tolerance: @escaping (String) -> ValueTolerance
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
    isolation = DifferenceIsolation(sessionB, matching, inputs: inputs)
    self.isolatesAll = isolatesAll
    structure = matching.structuralDifferences
    values = matching.pairs.map { ValueDifference($0, graphA, graphB) }
    compareWeights()
  }

  /// The first model's nodes that have no partner: what they make was not compared by itself.
  public var unmatchedNodes: [String] {
    let graph = sessionA.graph
    return matching.a.nodes.filter { matching.isOpen($0) && !matching.a.beginsSteps($0) }
      .map { graph.label(of: graph.nodes[$0]) }
  }

  /// Whether the models do the same: the outputs are within the tolerance, and so are all other values, or no part of the
  /// second model makes another result of the first one's values, so that only small errors have added up.
  public var isSame: Bool {
    values.allSatisfy(\.same) || (outputsAgree && !values.contains { $0.originates == true })
  }

  /// The first value, in the first model's order, at which a difference begins, or else the first that is outside of the
  /// tolerance; nil where the models do the same.
  public var firstDivergence: ValueDifference? {
    isSame ? nil : values.first { $0.originates == true } ?? values.first { !$0.same }
  }

  private var outputsAgree: Bool {
    let outputs = Set(sessionA.graph.outputs)
    return matching.pairs.indices.allSatisfy { index in
      !outputs.contains(matching.pairs[index].a) || values[index].valuesAgree
    }
  }

  /// Runs both models on one input and compares them. What either has made is let go as soon as it is compared, so that
  /// the memory is about that of the two runs.
  ///
  /// - Parameters:
  ///   - tensors: for each of the first model's inputs.
  ///   - tensorsB: for the second model's where they are others, by the first model's inputs; in its own element types it
  ///     gets the same otherwise.
  /// - Throws: `ExecutionError` that names the input or node.
  public mutating func compare(
    _ tensors: [ValueID: Tensor], _ tensorsB: [ValueID: Tensor] = [:]
  ) throws(ExecutionError) {
    var given: [ValueID: Tensor] = [:]
    for (a, b) in inputs {
      guard let tensor = tensorsB[a] ?? tensors[a] else { continue }
      let type = sessionB.graph.values[b.index].declared?.elementType ?? tensor.elementType
      given[b] = tensor.converted(to: type) ?? tensor
      if let other = tensorsB[a], let tensor = tensors[a] { noteInputs(tensor, other) }
    }
    var runA = try StepwiseRun(sessionA, inputs: tensors)
    finiteA.look(at: tensors, of: sessionA.graph)
    finiteB.look(at: given, of: sessionB.graph)
    let runB: StepwiseRun
    do {
      runB = try StepwiseRun(sessionB, inputs: given)
    } catch {
      throw error.nodes.isEmpty ? ExecutionError(error.kind, "the second model: \(error.message)") : error
    }
    var follower = FollowingRun(runB, sessionB, wanted: matching.pairs.map(\.b), check: finiteB)
    let isSettled = values.contains { $0.originates == true || $0.hasOtherWeights }
    var isolation = isolatesAll || !isSettled ? isolation : nil
    isolation?.begin(tensors)
    // Pairs of inputs and constants come first; the others as the first model makes them.
    var pending: [Int?: [Int]] = Dictionary(grouping: matching.pairs.indices) {
      sessionA.graph.producers[matching.pairs[$0].a.index]
    }
    for index in pending.removeValue(forKey: nil) ?? [] { try compare(index, runA, &follower, &isolation) }
    while let node = try runA.step() {
      finiteA.look(at: node, in: runA, of: sessionA)
      for index in pending.removeValue(forKey: node) ?? [] { try compare(index, runA, &follower, &isolation) }
    }
    // Values of nodes that were folded into constants.
    for index in pending.values.flatMap({ $0 }) { try compare(index, runA, &follower, &isolation) }
    finiteB = follower.check
    judge()
    if !isSame { try lookForReversedChannels(given, outputs: runA) }
  }

  private mutating func compare(
    _ index: Int, _ run: StepwiseRun, _ follower: inout FollowingRun, _ isolation: inout DifferenceIsolation?
  ) throws(ExecutionError) {
    let pair = matching.pairs[index]
    let given = try follower.take(pair.b)
    guard let reference = run[pair.a], let given else {
      values[index].fail("one of the values is no tensor")
      return
    }
    values[index].shape = reference.shape.dimensions
    if given.shape != reference.shape { noteShapes(index, reference.shape, given.shape) }
    let name = sessionA.graph.name(of: pair.a)
    let comparison = compared(given, reference, name)
    switch comparison {
    case .success(let comparison): values[index].take(comparison)
    case .failure(let error): values[index].fail(error.message)
    }
    guard isolation != nil else { return }
    isolation?.keep(reference, like: given, for: index)
    guard (try? comparison.get().holds) != true, let again = try isolation?.run(index) else { return }
    values[index].takeIsolated(try? compared(again, reference, name).get())
    // Where one difference begins is known now; values behind it would all run again.
    if !isolatesAll, values[index].isolatedDiffers == true { isolation = nil }
  }

  /// How far a tensor of the second model is from that of the first, read in the first one's type and shape.
  private func compared(
    _ tensor: Tensor, _ reference: Tensor, _ name: String
  ) -> Result<TensorComparison, RegressionError> {
    guard let fitting = tensor.converted(to: reference.elementType)?.viewed(as: reference.shape) else {
      return .failure(
        RegressionError(
          .mismatched,
          "\(reference.elementType) \(reference.shape) and \(tensor.elementType) \(tensor.shape) cannot be compared"))
    }
    do throws(RegressionError) {
      return .success(try TensorComparison(fitting, reference: reference, tolerance: tolerance(name)))
    } catch {
      return .failure(error)
    }
  }

  private mutating func noteShapes(_ index: Int, _ shapeA: Shape, _ shapeB: Shape) {
    let value = values[index]
    let difference = StructuralDifference(
      .shape, nodeA: value.nodeA, nodeB: value.nodeB, "Value '\(value.valueA)': shapes \(shapeA) and \(shapeB)")
    if !structure.contains(difference) { structure.append(difference) }
  }

  private mutating func note(_ finding: Finding) {
    if !findings.contains(finding) { findings.append(finding) }
  }

  private mutating func noteInputs(_ tensor: Tensor, _ other: Tensor) {
    if ChannelOrder.isReversal(other, of: tensor) {
      note(
        Finding(
          code: .channelOrder,
          message: "\(ChannelOrder.name) in preprocessing: the second model's pictures are the first one's with the "
            + "colours in the opposite order"))
    } else if !tensor.hasSameContent(as: other) {
      note(Finding(code: .preprocessing, message: "The two models' pictures are prepared in different ways"))
    }
  }

  /// Runs the second model with the colours in the opposite order, and says so where it then gives what the first does.
  private mutating func lookForReversedChannels(
    _ given: [ValueID: Tensor], outputs run: StepwiseRun
  ) throws(ExecutionError) {
    guard given.count == 1, let (input, tensor) = given.first, let reversed = ChannelOrder.reversed(tensor),
      !findings.contains(where: { $0.code == .channelOrder }),
      let pairs = ValueMatching.correspondingValues(
        sessionA.graph, sessionA.graph.outputs, sessionB.graph, sessionB.graph.outputs)
    else { return }
    func holds(_ results: [ValueID: Tensor]) -> Bool {
      pairs.allSatisfy { pair in
        guard let reference = run[pair.a], let result = results[pair.b] else { return false }
        return (try? compared(result, reference, sessionA.graph.name(of: pair.a)).get().holds) == true
      }
    }
    guard !outputsAgree, holds(try sessionB.run([input: reversed])) else { return }
    note(
      Finding(
        code: .channelOrder,
        message:
          "\(ChannelOrder.name): the second model gives the first one's outputs where it gets the colours in the "
          + "opposite order"))
  }

  /// Counts weights that are not the same as differences, also where the inputs do not bring them out.
  private mutating func compareWeights() {
    var places: [ValueID: Int] = [:]
    for (index, pair) in matching.pairs.enumerated() where places[pair.a] == nil { places[pair.a] = index }
    for (nodeA, nodeB) in matching.nodePartners {
      guard case let output?? = sessionA.graph.nodes[nodeA].outputs.first,
        let index = places[matching.a.delivered(output)],
        let reason = matching.changedWeight(nodeA, nodeB, tolerance: tolerance)
      else { continue }
      values[index].weightsDiffer(reason)
    }
  }

  /// Says of each value that differs whether the difference begins there.
  private mutating func judge() {
    var (places, placesB): ([ValueID: Int], [ValueID: Int]) = ([:], [:])
    for (index, pair) in matching.pairs.enumerated() {
      if places[pair.a] == nil { places[pair.a] = index }
      if placesB[pair.b] == nil { placesB[pair.b] = index }
    }
    for index in values.indices where !values[index].same {
      let pair = matching.pairs[index]
      let before = matching.a.graph.nearest(before: pair.a) { places[$0] != nil }.map { places[$0]! }
        .filter { $0 != index }.sorted()
      let beforeB = matching.b.graph.nearest(before: pair.b) { placesB[$0] != nil }.map { placesB[$0]! }
        .filter { $0 != index }
      values[index].originates =
        values[index].hasOtherWeights
        || values[index].isolatedDiffers ?? (before + beforeB).allSatisfy { values[$0].valuesAgree }
      values[index].inputs = before.map { place in
        let input = values[place]
        return .init(
          valueA: input.valueA, valueB: input.valueB, same: input.valuesAgree, maxAbsError: input.maxAbsError)
      }
    }
  }
}
