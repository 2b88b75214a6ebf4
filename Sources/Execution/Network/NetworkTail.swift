public import GraphIR
public import Tensors

/// The part of a network behind an inner value: what has to run again where the value alone is changed.
public struct NetworkTail: Sendable {
  public let network: CompiledNetwork

  /// What is given to the part.
  public let value: ValueID

  /// What the part makes.
  public let wanted: [ValueID]

  /// The values besides `value` that depend on the image and that the part reads, such as those that a shortcut leads
  /// around `value`. Empty where everything goes through `value`.
  public let sideValues: [ValueID]

  private let tail: Graph.Tail

  /// Complexity: linear in the graph's size.
  public init(of network: CompiledNetwork, from value: ValueID, fetching wanted: [ValueID]) {
    self.network = network
    self.value = value
    self.wanted = wanted
    let session = network.session
    tail = session.graph.tail(from: value, to: wanted)
    sideValues = tail.otherInputs.filter { session.constants[$0] == nil }
  }

  /// The part as a network whose images are what `value` can be.
  ///
  /// Complexity: packs the weights of the part's layers.
  ///
  /// - Parameter sides: a tensor for each of `sideValues`, for one image.
  /// - Throws: `ExecutionError` where `value` is no float tensor, a side value is missing, or nothing that is wanted
  ///   depends on `value`.
  public func compiled(sideValues sides: [ValueID: Tensor] = [:]) throws -> CompiledNetwork {
    let session = network.session
    let graph = session.graph
    let name = graph.name(of: value)
    guard let known = network.known[value], known.elementType == .float32, !tail.nodes.isEmpty else {
      throw ExecutionError(.unsupported, "the outputs do not follow from '\(name)' as a float tensor")
    }
    var constants = sides
    for other in tail.otherInputs where constants[other] == nil {
      guard let constant = session.constants[other] else {
        throw ExecutionError(
          .mismatched, "'\(graph.name(of: other))' leads around '\(name)' and is not given")
      }
      constants[other] = constant
    }
    let declared = DeclaredType(elementType: .float32, dimensions: known.shape.dimensions.map { .fixed($0) })
    let part = try graph.graph(of: tail, from: value, declared: declared, to: wanted, constants: constants)
    return try CompiledNetwork(
      Session(
        graph: part, pool: session.pool, memoryLimit: session.memoryLimit, iterationLimit: session.iterationLimit),
      input: value, imageShape: known.shape, arithmetic: network.arithmetic)
  }
}
