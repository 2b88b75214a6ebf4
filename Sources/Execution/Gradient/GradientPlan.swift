public import GraphIR
import Operators
import Tensors

/// What to run back to get the gradients of a score: the nodes between the score and the wanted values, and which values
/// of the forward pass their rules read.
///
/// Immutable but for what it has prepared; may be shared and used from several threads at once.
public struct GradientPlan: Sendable {
  /// One node's turn.
  struct Step: Sendable {
    let node: Int
    /// For each input whether its gradient is needed.
    let wanted: [Bool]
    /// The values of the forward pass that its rule reads, constants apart.
    let reads: [ValueID]
  }

  public let session: Session

  /// The value of which one element, or a sum of several, is differentiated.
  public let score: ValueID

  /// The values whose gradients are asked for.
  public let wanted: [ValueID]

  public let options: GradientOptions

  /// The last node of the graph first.
  let steps: [Step]

  /// The values of a forward pass that the rules read, constants apart, and the score.
  let kept: [ValueID]

  /// The values of a forward pass of which the rules need the shapes.
  let described: Set<ValueID>

  /// The convolutions that run gradients back through convolutions.
  let convolutions: ConvolutionAdjoints

  /// Complexity: linear in the graph's size.
  ///
  /// - Parameters:
  ///   - score: a floating-point value of the session's graph.
  ///   - wanted: floating-point values that the score depends on: inputs, inner values or initializers.
  /// - Throws: `ExecutionError` that names all nodes in between through which no gradient passes.
  public init(
    _ session: Session, of score: ValueID, withRespectTo wanted: [ValueID],
    options: GradientOptions = GradientOptions()
  ) throws(ExecutionError) {
    self.session = session
    self.score = score
    self.wanted = wanted
    self.options = options
    let path = try GradientPath(in: session, from: wanted, to: score, options: options)
    let graph = session.graph
    var steps: [Step] = []
    var kept: Set<ValueID> = [score]
    var described: Set<ValueID> = []
    for index in path.nodes.reversed() {
      let node = graph.nodes[index]
      guard let operation = session.operators[index] as? any DifferentiableOperator else { continue }
      let needed = node.inputs.enumerated().map { place, input in
        input.map { path.isOnPath[$0.index] && operation.isDifferentiable(input: place) } ?? false
      }
      var read: [ValueID] = []
      let reads = operation.gradientReads(inputCount: node.inputs.count, wanted: needed)
      for (place, input) in node.inputs.enumerated() {
        guard let input, session.constants[input] == nil else { continue }
        described.insert(input)
        if !operation.isDifferentiable(input: place) || reads.inputs.contains(place) { read.append(input) }
      }
      for (place, output) in node.outputs.enumerated() {
        guard let output, session.constants[output] == nil else { continue }
        described.insert(output)
        if reads.outputs.contains(place) { read.append(output) }
      }
      kept.formUnion(read)
      steps.append(Step(node: index, wanted: needed, reads: read))
    }
    self.steps = steps
    self.kept = kept.filter { session.constants[$0] == nil }.sorted { $0.index < $1.index }
    self.described = described.union(wanted.filter { session.constants[$0] == nil })
    convolutions = ConvolutionAdjoints(session: session)
  }

  /// The nodes that gradients are run back through, the last one first.
  public var nodes: [Int] { steps.map(\.node) }
}
