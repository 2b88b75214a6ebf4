public import GraphIR
public import Tensors

/// Whether a network takes several images at a time, found out by trying.
public struct BatchSupport: Sendable {
  /// The network that takes several images, or else the given one.
  public let network: CompiledNetwork

  /// Whether several images give, bit for bit, what each gives alone.
  public let isBatched: Bool

  /// Why, as a clause.
  public let reason: String

  /// Tries `network` with two images at a time. Where the file fixes the batch to 1, tries it with the reshapes'
  /// constant leading 1 read as "whatever the input has".
  ///
  /// Complexity: four to eight forward passes.
  ///
  /// - Parameters:
  ///   - sample: one image.
  ///   - values: what will be fetched.
  public init(
    probing network: CompiledNetwork, sample: Tensor, fetching values: [ValueID]
  ) throws {
    let graph = network.session.graph
    guard !network.session.hasBranches else {
      self.init(
        network: network, isBatched: false,
        reason: "which nodes run may depend on all images of a batch: images run one by one")
      return
    }
    let dimensions = graph.values[network.input.index].declared?.dimensions
    let isFixed = dimensions?.first?.fixedExtent != nil
    if try BatchSupport.agrees(network, sample: sample, values: values) {
      self.init(network: network, isBatched: true, reason: "the graph takes any batch")
      return
    }
    if isFixed, let relaxedGraph = graph.relaxingBatch() {
      let session = network.session
      let relaxed = CompiledNetwork(
        try Session(
          graph: relaxedGraph, pool: session.pool, memoryLimit: session.memoryLimit,
          iterationLimit: session.iterationLimit), layersOf: network)
      if try BatchSupport.agrees(relaxed, sample: sample, values: values) {
        self.init(
          network: relaxed, isBatched: true,
          reason: "exported for one image; its reshapes were made to keep the batch")
        return
      }
    }
    self.init(
      network: network, isBatched: false, reason: "the graph gives other results in batches: images run one by one")
  }

  private init(network: CompiledNetwork, isBatched: Bool, reason: String) {
    self.network = network
    self.isBatched = isBatched
    self.reason = reason
  }

  /// Whether two different images together give the bits that they give apart.
  private static func agrees(_ network: CompiledNetwork, sample: Tensor, values: [ValueID]) throws -> Bool {
    let program = network.program(fetching: values)
    let other = sample.mirrored()
    guard let pair = try? Tensor.stacked([sample, other]), let together = try? program.runTogether(pair) else {
      return false
    }
    for (index, single) in [sample, other].enumerated() {
      let apart = try program.run(single)
      for value in values {
        guard let left = together[value], let right = apart[value] else { return false }
        guard left.shape.rank >= 1, left.shape[0] == 2, right.shape.rank >= 1, right.shape[0] == 1,
          left.elementType != .string, left.elementType == right.elementType
        else { return false }
        let row = left.rows(index..<index + 1)
        guard row.shape == right.shape, row.hasSameBytes(as: right) else { return false }
      }
    }
    return true
  }
}

extension Session {
  /// Whether there are nodes that look at values to decide what runs, and are not folded.
  fileprivate var hasBranches: Bool {
    graph.nodes.contains { node in
      ["If", "Loop"].contains(node.operatorName)
        && node.outputs.contains { $0.map { constants[$0] == nil } ?? false }
    }
  }
}

extension Tensor {
  /// Tensors of one type and of shapes that are equal but for the first extent, one after the other along it.
  public static func stacked(_ tensors: [Tensor]) throws -> Tensor {
    let first = tensors[0]
    guard first.shape.rank > 0,
      tensors.allSatisfy({
        $0.elementType == first.elementType && $0.shape.rank == first.shape.rank
          && $0.shape.dimensions.dropFirst() == first.shape.dimensions.dropFirst()
      })
    else {
      throw ExecutionError(.mismatched, "tensors of shapes \(tensors.map(\.shape)) cannot be put one behind the other")
    }
    let extent = tensors.reduce(0) { $0 + $1.shape[0] }
    let shape = try Shape([extent] + first.shape.dimensions.dropFirst())
    return try Tensor(shape, first.elementType) { bytes in
      var offset = 0
      for tensor in tensors {
        tensor.withUnsafeBytes { source in
          if source.count > 0 {
            UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + source.count]).copyMemory(from: source)
          }
          offset += source.count
        }
      }
    }
  }

  /// The elements in reverse order: an image that is different in every respect, in the same range of values.
  fileprivate func mirrored() -> Tensor { Tensor(shape, Array(elements(of: Float.self).reversed())) }
}
