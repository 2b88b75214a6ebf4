import ArgumentParser
import OnnxLens

/// Which gradients `run` computes besides the values.
struct GradientRequest: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An element to differentiate, such as 'logits[281]', which picks it in each image of a batch, or 'logits[0,281]'; "
        + "a value of one element needs no index; repeatable.", valueName: "value[index]"))
  var gradientOf: [String] = []

  @Option(
    help: ArgumentHelp(
      "The input, inner value or weight to differentiate by; repeatable. Without it, the model's inputs.",
      valueName: "value"))
  var withRespectTo: [String] = []

  @Flag(help: "Let gradients pass QuantizeLinear as if it did not round.")
  var straightThrough = false

  /// One element of a value.
  struct Element {
    let name: String
    let value: ValueID
    /// nil: the only one.
    let index: [Int]?
  }

  /// The elements that are asked for.
  ///
  /// - Throws: where one is not written as `value[index]` or `value`, or the model has no such value.
  func elements(of graph: Graph) throws -> [Element] {
    guard !gradientOf.isEmpty || (withRespectTo.isEmpty && !straightThrough) else {
      throw Failure(.invalidRequest, "--with-respect-to and --straight-through go with --gradient-of VALUE[INDEX]")
    }
    return try gradientOf.map { text in
      guard text.hasSuffix("]") else {
        guard let value = graph.value(named: text) else { throw missing(text, "--gradient-of") }
        return Element(name: text, value: value, index: nil)
      }
      guard let bracket = text.lastIndex(of: "[") else { throw malformed(text) }
      let index = text[text.index(after: bracket)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
        .map { Int($0.filter { $0 != " " }) }
      guard !index.contains(nil) else { throw malformed(text) }
      let name = String(text[..<bracket])
      guard let value = graph.value(named: name) else { throw missing(name, "--gradient-of") }
      return Element(name: text, value: value, index: index.compactMap { $0 })
    }
  }

  private func malformed(_ text: String) -> Failure {
    Failure(.invalidRequest, "--gradient-of '\(text)': VALUE[INDEX] is expected, such as 'logits[281]'")
  }

  private func missing(_ name: String, _ option: String) -> Failure {
    Failure(.invalidRequest, "\(option): the model has no value '\(name)'; inspect --layers lists values")
  }

  /// The gradients by name: of each element with respect to each value. Elements of one value share a forward pass.
  ///
  /// - Parameter fetched: values of the forward pass to give as well.
  func run(
    _ elements: [Element], _ session: Session, _ inputs: [ValueID: Tensor], fetching fetched: [ValueID]
  ) throws -> (gradients: [(name: String, tensor: Tensor)], values: [ValueID: Tensor]) {
    let graph = session.graph
    var values: [ValueID] = []
    for name in withRespectTo {
      guard let value = graph.value(named: name) else { throw missing(name, "--with-respect-to") }
      values.append(value)
    }
    if withRespectTo.isEmpty {
      values = graph.inputs.filter { inputs[$0]?.elementType.isFloatingPoint == true }
    }
    let options = GradientOptions(rounding: straightThrough ? .straightThrough : .refuse)
    var results: [(name: String, tensor: Tensor)] = []
    var tapes: [ValueID: GradientTape] = [:]
    var fetchedTensors: [ValueID: Tensor] = [:]
    for element in elements {
      let tape =
        try tapes[element.value]
        ?? session.record(
          inputs, for: GradientPlan(session, of: element.value, withRespectTo: values, options: options),
          fetching: tapes.isEmpty ? fetched : [])
      if tapes.isEmpty { fetchedTensors = tape.fetched }
      tapes[element.value] = tape
      let shape = tape.score.shape
      guard let index = element.index ?? (shape.count == 1 ? shape.dimensions.map { _ in 0 } : nil) else {
        throw Failure(
          .mismatched,
          "--gradient-of '\(element.name)': the value has shape \(shape); choose an element, such as "
            + "'\(element.name)[\(shape.dimensions.dropFirst().map { _ in "0" }.joined(separator: ","))]'")
      }
      let gradients = try tape.gradients(seed: tape.seed(index))
      for value in values {
        results.append(("gradient-of-\(element.name)-by-\(graph.name(of: value))", gradients[value]!))
      }
    }
    return (results, fetchedTensors)
  }
}
